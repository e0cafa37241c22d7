-- Each reconciled value with the cells and file hashes it stands on.
CREATE OR REPLACE VIEW mart.lineage AS
SELECT
  v.period, v.place, v.measure, v.definition, v.value AS reconciled_value, v.method, v.verdict, v.kind,
  o.obs_id, o.value AS observed_value, o.unit, o.source, src.name_zh AS source_name, o.period AS observed_period,
  o.place AS observed_place, o.definition AS observed_definition, o.submission_id, s.delivered_as, s.file_name,
  s.sha256, o.sheet, o.cell, x.text AS cell_text
FROM warehouse.reconciled_value AS v
CROSS JOIN LATERAL unnest(v.winner) AS w (obs_id)
INNER JOIN warehouse.observation AS o ON w.obs_id = o.obs_id
INNER JOIN intake.submission AS s ON o.submission_id = s.submission_id
LEFT JOIN ref.source AS src ON o.source = src.source
  AND src.edition = (SELECT max(edition) FROM ref.edition)
LEFT JOIN intake.cell AS x ON o.submission_id = x.submission_id AND o.sheet = x.sheet AND o.cell = x.cell;
COMMENT ON VIEW mart.lineage IS '数据血缘 / where a value comes from';
COMMENT ON COLUMN mart.lineage.period IS '数据期 / period';
COMMENT ON COLUMN mart.lineage.place IS '地区代码 / place code';
COMMENT ON COLUMN mart.lineage.measure IS '数据项 / measure';
COMMENT ON COLUMN mart.lineage.definition IS '口径 / definition';
COMMENT ON COLUMN mart.lineage.reconciled_value IS '衔接后数值 / reconciled value';
COMMENT ON COLUMN mart.lineage.method IS '方法 / method';
COMMENT ON COLUMN mart.lineage.verdict IS '可比性 / comparability';
COMMENT ON COLUMN mart.lineage.kind IS '性质 / kind';
COMMENT ON COLUMN mart.lineage.obs_id IS '观测值编号 / observation';
COMMENT ON COLUMN mart.lineage.observed_value IS '观测值 / observed value';
COMMENT ON COLUMN mart.lineage.unit IS '计量单位 / unit';
COMMENT ON COLUMN mart.lineage.source IS '来源代码 / source';
COMMENT ON COLUMN mart.lineage.source_name IS '来源 / name of the source';
COMMENT ON COLUMN mart.lineage.observed_period IS '观测数据期 / period observed';
COMMENT ON COLUMN mart.lineage.observed_place IS '观测地区 / place observed';
COMMENT ON COLUMN mart.lineage.observed_definition IS '观测口径 / definition observed';
COMMENT ON COLUMN mart.lineage.submission_id IS '报送件 / submission';
COMMENT ON COLUMN mart.lineage.delivered_as IS '报送名 / delivered as';
COMMENT ON COLUMN mart.lineage.file_name IS '文件名 / file name';
COMMENT ON COLUMN mart.lineage.sha256 IS '文件指纹 / file hash';
COMMENT ON COLUMN mart.lineage.sheet IS '工作表 / sheet';
COMMENT ON COLUMN mart.lineage.cell IS '单元格 / cell';
COMMENT ON COLUMN mart.lineage.cell_text IS '单元格内容 / text of the cell';
