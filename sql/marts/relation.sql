-- Figures that should follow from others (勾稽关系), by relation, place and period: both sides with their cells, judged.
CREATE OR REPLACE VIEW mart.relation AS
SELECT
  s.relation, s.type, s.place, s.period, s.stated, s.stated_zh, s.stated_en, s.unit, s.value,
  coalesce(j.outcome, 'incomplete') AS outcome, coalesce(j.facet, '') AS facet, j.derived, j.low, j.high,
  s.value - j.derived AS difference, s.constant, p.parts, p.missing, s.obs_id, s.source, s.submission_id, s.file, s.sheet,
  s.cell, s.is_synthetic OR p.is_synthetic AS is_synthetic, s.because_zh, s.because_en
FROM (
  SELECT DISTINCT ON (r.relation, o.place, o.period)
    r.edition, r.relation, r.type, r.stated, r.constant, r.because_zh, r.because_en, d.name_zh AS stated_zh,
    d.name_en AS stated_en, o.place, o.period, o.value, o.unit, o.obs_id, o.source, o.submission_id, o.sheet, o.cell,
    f.file_name AS file, o.kind = 'synthetic' AS is_synthetic,
    ('stated', o.value, o.decimals, o.unit, o.kind, d.unit, d.aggregation, d.population, d.counting)::warehouse.figure
      AS figure
  FROM (
    SELECT
      x.edition, x.relation, x.type, x.stated, max(x.constant) AS constant, max(x.because_zh) AS because_zh,
      max(x.because_en) AS because_en
    FROM ref.relation AS x
    WHERE x.edition = (SELECT max(e.edition) FROM ref.edition AS e)
    GROUP BY x.edition, x.relation, x.type, x.stated
  ) AS r
  INNER JOIN mart.observation_current AS o ON r.stated = o.definition
  INNER JOIN intake.submission AS f ON o.submission_id = f.submission_id
  INNER JOIN LATERAL (
    SELECT x.* FROM ref.definition AS x
    WHERE x.edition = r.edition AND x.definition = r.stated ORDER BY x.valid_from DESC LIMIT 1
  ) AS d ON true
  LEFT JOIN ref.source AS k ON r.edition = k.edition AND o.source = k.source
  WHERE o.value IS NOT NULL
  ORDER BY r.relation, o.place, o.period, k.rank, o.obs_id DESC
) AS s
INNER JOIN LATERAL (
  SELECT
    array_agg(
      (w.side, o.value, o.decimals, o.unit, o.kind, d.unit, d.aggregation, d.population, d.counting)::warehouse.figure
      ORDER BY w.definition
    ) FILTER (WHERE o.obs_id IS NOT NULL) AS figures,
    jsonb_agg(jsonb_build_object(
      'side', w.side, 'definition', w.definition, 'name_zh', d.name_zh, 'name_en', d.name_en, 'value', o.value,
      'unit', o.unit, 'period', o.period, 'obs_id', o.obs_id, 'source', o.source, 'submission_id', o.submission_id,
      'file', o.file_name, 'sheet', o.sheet, 'cell', o.cell
    ) ORDER BY w.side DESC, o.submission_id, o.sheet, length(o.cell), o.cell, w.definition) AS parts,
    array_agg(w.definition ORDER BY w.definition) FILTER (WHERE o.obs_id IS NULL) AS missing,
    coalesce(bool_or(o.kind = 'synthetic'), false) AS is_synthetic,
    count(o.obs_id) > 0 AS is_any,
    count(o.obs_id) FILTER (WHERE w.side = 'numerator') IN (0, count(*) FILTER (WHERE w.side = 'numerator'))
    AND count(o.obs_id) FILTER (WHERE w.side = 'denominator') IN (0, count(*) FILTER (WHERE w.side = 'denominator'))
      AS is_whole
  FROM ref.relation AS w
  INNER JOIN LATERAL (
    SELECT x.* FROM ref.definition AS x
    WHERE x.edition = w.edition AND x.definition = w.definition ORDER BY x.valid_from DESC LIMIT 1
  ) AS d ON true
  LEFT JOIN LATERAL (
    SELECT h.*, f.file_name
    FROM (
      SELECT 1 AS turn, o.* FROM mart.observation_current AS o
      WHERE o.definition = w.definition AND o.place = s.place AND o.period = s.period
      UNION ALL
      SELECT 2 AS turn, o.* FROM mart.observation_current AS o
      WHERE o.definition = w.definition AND o.place = s.place AND o.period >= 'unstated' AND o.period <> s.period
      UNION ALL
      SELECT 3 AS turn, o.* FROM mart.observation_current AS o
      WHERE s.period >= 'unstated' AND o.definition = w.definition AND o.place = s.place AND o.period < 'unstated'
    ) AS h
    INNER JOIN intake.submission AS f ON h.submission_id = f.submission_id
    LEFT JOIN ref.source AS k ON w.edition = k.edition AND h.source = k.source
    WHERE h.value IS NOT NULL
    ORDER BY h.turn, h.submission_id = s.submission_id DESC, h.source = s.source DESC, h.period DESC, k.rank, h.obs_id DESC
    LIMIT 1
  ) AS o ON true
  WHERE w.edition = s.edition AND w.relation = s.relation
) AS p ON p.is_any
LEFT JOIN LATERAL warehouse.judge_relation(
  s.type, CASE WHEN p.is_whole THEN s.figure || p.figures END, s.constant
) AS j ON true;
COMMENT ON VIEW mart.relation IS
'勾稽关系：所报的数是否由其余各数得出；未注明年份的数与同一地区的数相对照，同一文献优先 / whether stated figures follow from others; those without a year are held against those of the same place, the same document first';
COMMENT ON COLUMN mart.relation.relation IS '关系代码 / relation';
COMMENT ON COLUMN mart.relation.type IS '类型：相加、相乘、比率 / sum, product, ratio';
COMMENT ON COLUMN mart.relation.place IS '地区代码 / place code';
COMMENT ON COLUMN mart.relation.period IS '所报数的数据期 / period of the stated figure';
COMMENT ON COLUMN mart.relation.stated IS '所报口径 / the definition stated';
COMMENT ON COLUMN mart.relation.stated_zh IS '所报口径名称 / its name in Chinese';
COMMENT ON COLUMN mart.relation.stated_en IS '所报口径英文名 / its English name';
COMMENT ON COLUMN mart.relation.unit IS '计量单位 / unit of the stated figure';
COMMENT ON COLUMN mart.relation.value IS '所报的数 / the stated figure';
COMMENT ON COLUMN mart.relation.outcome IS
'结论：holds 成立，does_not_hold 不成立，not_comparable 不可比，kept_apart 分开放，incomplete 数不齐 / outcome';
COMMENT ON COLUMN mart.relation.facet IS '不可比或分开放差在哪个要素 / the facet that forbids it';
COMMENT ON COLUMN mart.relation.derived IS '由其余各数得出的数 / what follows from the others';
COMMENT ON COLUMN mart.relation.low IS '得出的下限；只有分母时为最近的较小比率 / its low; over denominators alone the nearest share below';
COMMENT ON COLUMN mart.relation.high IS '得出的上限；只有分母时为最近的较大比率 / its high; over denominators alone the nearest share above';
COMMENT ON COLUMN mart.relation.difference IS '相差：所报减得出 / stated less derived';
COMMENT ON COLUMN mart.relation.constant IS '另乘的常数 / the constant';
COMMENT ON COLUMN mart.relation.parts IS '其余各数及其单元格 / the other figures with their cells';
COMMENT ON COLUMN mart.relation.missing IS '没有观测值的口径 / definitions without a figure';
COMMENT ON COLUMN mart.relation.obs_id IS '所报数的观测值编号 / observation stated';
COMMENT ON COLUMN mart.relation.source IS '来源 / source';
COMMENT ON COLUMN mart.relation.submission_id IS '报送件 / submission';
COMMENT ON COLUMN mart.relation.file IS '文件 / file';
COMMENT ON COLUMN mart.relation.sheet IS '工作表 / sheet';
COMMENT ON COLUMN mart.relation.cell IS '单元格 / cell';
COMMENT ON COLUMN mart.relation.is_synthetic IS '是否样例 / synthetic';
COMMENT ON COLUMN mart.relation.because_zh IS '为什么应当成立 / why it should hold, in Chinese';
COMMENT ON COLUMN mart.relation.because_en IS '为什么应当成立（英文） / why it should hold';
