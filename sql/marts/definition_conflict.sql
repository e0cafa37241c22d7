-- Keys whose candidates disagree beyond their intervals, with every candidate and its cell.
CREATE OR REPLACE VIEW mart.definition_conflict AS
SELECT
  c.period, c.place, p.name_zh AS place_name, c.measure, m.name_zh AS measure_name, m.name_en AS measure_name_en,
  c.definition, d.name_zh AS definition_name, d.unit, c.proposal, c.spread, c.state,
  (
    SELECT jsonb_agg(jsonb_build_object(
      'rank', k.rank, 'value', k.value, 'method', k.method, 'route', k.route, 'kind', k.kind, 'source', o.source,
      'source_name', src.name_zh, 'file', s.file_name, 'sheet', o.sheet, 'cell', o.cell
    ) ORDER BY k.rank, o.obs_id)
    FROM warehouse.candidate AS k
    CROSS JOIN LATERAL unnest(k.obs_ids) AS part (obs_id)
    INNER JOIN warehouse.observation AS o ON part.obs_id = o.obs_id
    INNER JOIN intake.submission AS s ON o.submission_id = s.submission_id
    LEFT JOIN ref.source AS src ON e.edition = src.edition AND o.source = src.source
    WHERE k.period = c.period AND k.place = c.place AND k.definition = c.definition
  ) AS candidates,
  v.kind = 'synthetic' AS is_synthetic
FROM warehouse.conflict AS c
INNER JOIN warehouse.reconciled_value AS v
  ON c.period = v.period AND c.place = v.place AND c.definition = v.definition
CROSS JOIN (SELECT max(edition) AS edition FROM ref.edition) AS e
INNER JOIN ref.measure AS m ON e.edition = m.edition AND c.measure = m.measure
INNER JOIN LATERAL (
  SELECT x.name_zh, x.unit FROM ref.definition AS x
  WHERE x.edition = e.edition AND x.definition = c.definition ORDER BY x.valid_from DESC LIMIT 1
) AS d ON true
INNER JOIN LATERAL (
  SELECT x.name_zh FROM ref.place AS x
  WHERE x.edition = e.edition AND x.place = c.place ORDER BY x.valid_from DESC LIMIT 1
) AS p ON true;
COMMENT ON VIEW mart.definition_conflict IS '口径冲突 / conflicts of definition or source';
COMMENT ON COLUMN mart.definition_conflict.period IS '数据期 / period';
COMMENT ON COLUMN mart.definition_conflict.place IS '地区代码 / place code';
COMMENT ON COLUMN mart.definition_conflict.place_name IS '地区 / place';
COMMENT ON COLUMN mart.definition_conflict.measure IS '数据项 / measure';
COMMENT ON COLUMN mart.definition_conflict.measure_name IS '数据项名称 / name of the measure';
COMMENT ON COLUMN mart.definition_conflict.measure_name_en IS '数据项英文名 / English name';
COMMENT ON COLUMN mart.definition_conflict.definition IS '口径 / definition';
COMMENT ON COLUMN mart.definition_conflict.definition_name IS '口径名称 / name of the definition';
COMMENT ON COLUMN mart.definition_conflict.unit IS '计量单位 / unit';
COMMENT ON COLUMN mart.definition_conflict.proposal IS '拟采用值 / proposed value';
COMMENT ON COLUMN mart.definition_conflict.spread IS '最大相差 / largest difference';
COMMENT ON COLUMN mart.definition_conflict.state IS '状态 / state';
COMMENT ON COLUMN mart.definition_conflict.candidates IS '候选及其出处 / candidates with their cells';
COMMENT ON COLUMN mart.definition_conflict.is_synthetic IS '是否样例 / synthetic';
