-- What was not asked twice: items dropped or pre-filled, and the minutes saved, by round, place and department.
CREATE OR REPLACE VIEW mart.asked_once AS
SELECT
  o.round, r.period, r.data_year, o.place, o.department, o.form, count(*)::integer AS items,
  (count(*) FILTER (WHERE o.action = 'dropped'))::integer AS dropped,
  (count(*) FILTER (WHERE o.action = 'prefilled'))::integer AS prefilled,
  sum(o.minutes) AS minutes
FROM intake.asked_once AS o
INNER JOIN intake.round AS r ON o.round = r.round
GROUP BY o.round, r.period, r.data_year, o.place, o.department, o.form;
COMMENT ON VIEW mart.asked_once IS '一数一源：免填、预填与节省的时间 / asked once: items dropped or pre-filled, minutes saved';
COMMENT ON COLUMN mart.asked_once.round IS '轮次 / round';
COMMENT ON COLUMN mart.asked_once.period IS '数据期 / period';
COMMENT ON COLUMN mart.asked_once.data_year IS '数据年 / data year';
COMMENT ON COLUMN mart.asked_once.place IS '地区代码 / place code';
COMMENT ON COLUMN mart.asked_once.department IS '责任单位代码 / department';
COMMENT ON COLUMN mart.asked_once.form IS '表 / form';
COMMENT ON COLUMN mart.asked_once.items IS '免填与预填项数 / items dropped or pre-filled';
COMMENT ON COLUMN mart.asked_once.dropped IS '免填项数 / items dropped';
COMMENT ON COLUMN mart.asked_once.prefilled IS '预填项数 / items pre-filled';
COMMENT ON COLUMN mart.asked_once.minutes IS '节省分钟（按每项用时估算）/ minutes saved, estimated per item';
