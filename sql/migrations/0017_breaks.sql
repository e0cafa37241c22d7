-- Where the series of indicators break is worked out with their values: a table of all cities reads it, it does not ask anew.
CREATE TABLE warehouse.indicator_break (
  framework text NOT NULL,
  indicator text NOT NULL,
  place text NOT NULL,
  period text NOT NULL,
  facet text NOT NULL,
  why_zh text NOT NULL,
  why_en text NOT NULL,
  PRIMARY KEY (framework, indicator, place, period)
);
COMMENT ON TABLE warehouse.indicator_break IS
'指标数列在哪一期断开、为什么；与指标值一同计算 / where the series of indicators break and why, computed with their values';
GRANT SELECT ON TABLE warehouse.indicator_break TO lcm_app;
CREATE INDEX ON warehouse.indicator_value (framework, period);
