-- Observations that count now: neither retired nor superseded by one that counts, of submissions not withdrawn.
CREATE OR REPLACE VIEW mart.observation_current AS
SELECT
  o.obs_id, o.measure, o.definition, o.place, o.period, o.value, o.unit, o.decimals, o.status, o.kind, o.source,
  o.submission_id, o.sheet, o.cell, o.recorded_at
FROM warehouse.observation AS o
INNER JOIN intake.submission AS s ON o.submission_id = s.submission_id
WHERE s.state <> 'withdrawn' AND NOT EXISTS (
  SELECT 1 FROM warehouse.retired AS r WHERE r.obs_id = o.obs_id
) AND NOT EXISTS (
  SELECT 1 FROM warehouse.superseded AS old LEFT JOIN warehouse.retired AS r ON old.by_obs_id = r.obs_id
  WHERE old.obs_id = o.obs_id AND r.obs_id IS NULL
);
COMMENT ON VIEW mart.observation_current IS '现行观测值 / observations that count now';
COMMENT ON COLUMN mart.observation_current.obs_id IS '观测值编号 / number of the observation';
COMMENT ON COLUMN mart.observation_current.measure IS '数据项 / measure';
COMMENT ON COLUMN mart.observation_current.definition IS '口径 / definition';
COMMENT ON COLUMN mart.observation_current.place IS '地区代码 / place code (GB/T 2260)';
COMMENT ON COLUMN mart.observation_current.period IS '数据期；未注明年份的为 unstated@文献 / period, or unstated@document';
COMMENT ON COLUMN mart.observation_current.value IS '数值，空为缺数 / value, null when missing';
COMMENT ON COLUMN mart.observation_current.unit IS '计量单位 / unit';
COMMENT ON COLUMN mart.observation_current.decimals IS '小数位 / decimals prescribed';
COMMENT ON COLUMN mart.observation_current.status IS '状态（SDMX CL_OBS_STATUS）/ observation status';
COMMENT ON COLUMN mart.observation_current.kind IS '性质：实绩、累计、比率、样例 / actual, cumulative, rate, synthetic';
COMMENT ON COLUMN mart.observation_current.source IS '来源 / source';
COMMENT ON COLUMN mart.observation_current.submission_id IS '报送件 / submission';
COMMENT ON COLUMN mart.observation_current.sheet IS '工作表 / sheet';
COMMENT ON COLUMN mart.observation_current.cell IS '单元格 / cell';
COMMENT ON COLUMN mart.observation_current.recorded_at IS '入库时间 / recorded at';
