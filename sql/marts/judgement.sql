-- Every version of every judgement and commentary: level, words, evidence, who wrote and who reviewed it, and its state.
CREATE OR REPLACE VIEW mart.judgement AS
SELECT
  j.judgement_id, j.framework, j.indicator, j.place, j.period, j.scale, j.level, j.level_zh, j.level_en, j.position,
  j.commentary, jsonb_array_length(j.evidence) AS evidence, j.who AS judged_by, j.judged_at,
  CASE WHEN j.state = 'pending' AND EXISTS (
    SELECT FROM quality.judgement AS x
    WHERE x.framework = j.framework AND x.period = j.period AND x.place = j.place AND x.indicator = j.indicator
      AND x.judgement_id > j.judgement_id
  ) THEN 'replaced' ELSE j.state END AS state,
  j.reviewed_by, j.reviewed_why, j.reviewed_at,
  f.judgement_id IS NOT NULL AS is_in_force, j.is_sample
FROM quality.judgement AS j
LEFT JOIN quality.judgement_in_force AS f ON j.judgement_id = f.judgement_id;
COMMENT ON VIEW mart.judgement IS '评定与述评的各版 / every version of every judgement and commentary';
COMMENT ON COLUMN mart.judgement.judgement_id IS '编号，即裁定编号 / its number, that of its decision';
COMMENT ON COLUMN mart.judgement.framework IS '指标体系 / framework';
COMMENT ON COLUMN mart.judgement.indicator IS '指标 / indicator';
COMMENT ON COLUMN mart.judgement.place IS '地区代码 / place code';
COMMENT ON COLUMN mart.judgement.period IS '数据期 / period';
COMMENT ON COLUMN mart.judgement.scale IS '等级表代码 / scale';
COMMENT ON COLUMN mart.judgement.level IS '等级代码，空为只有述评 / level; empty: commentary alone';
COMMENT ON COLUMN mart.judgement.level_zh IS '等级 / level in Chinese';
COMMENT ON COLUMN mart.judgement.level_en IS '等级英文名 / level in English';
COMMENT ON COLUMN mart.judgement.position IS '等级次序，1 最高 / order of the level, 1 is the highest';
COMMENT ON COLUMN mart.judgement.commentary IS '理由或述评 / reason or commentary';
COMMENT ON COLUMN mart.judgement.evidence IS '佐证材料件数 / pieces of evidence';
COMMENT ON COLUMN mart.judgement.judged_by IS '评定人 / who judged';
COMMENT ON COLUMN mart.judgement.judged_at IS '评定时间 / when';
COMMENT ON COLUMN mart.judgement.state IS
'待复核 pending、已评定 confirmed、退回 returned、已由新版代替 replaced / pending, confirmed, returned, or replaced before a review';
COMMENT ON COLUMN mart.judgement.reviewed_by IS '复核人 / who reviewed it';
COMMENT ON COLUMN mart.judgement.reviewed_why IS '复核意见或退回理由 / what the reviewer said';
COMMENT ON COLUMN mart.judgement.reviewed_at IS '复核时间 / when it was reviewed';
COMMENT ON COLUMN mart.judgement.is_in_force IS '是否现行 / whether it counts';
COMMENT ON COLUMN mart.judgement.is_sample IS '是否样例 / whether it is a sample';
