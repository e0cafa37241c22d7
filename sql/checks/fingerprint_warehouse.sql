-- Lines of observations, candidates, values, conflicts and indicators, to be hashed.
SELECT
  'observation|' || concat_ws(
    '|', o.measure, o.definition, o.place, o.period, o.value, o.unit, o.decimals, o.status, o.kind, o.source,
    s.delivered_as, s.sha256, s.reading, o.sheet, o.cell,
    (EXISTS (SELECT 1 FROM warehouse.superseded AS old WHERE old.obs_id = o.obs_id))::text
  )
FROM warehouse.observation AS o
INNER JOIN intake.submission AS s ON o.submission_id = s.submission_id
UNION ALL
SELECT
  'candidate|' || concat_ws(
    '|', c.period, c.place, c.definition, c.rank, c.method, c.route, c.source_rank, c.value, c.low, c.high, c.kind,
    c.status
  )
FROM warehouse.candidate AS c
UNION ALL
SELECT
  'value|' || concat_ws(
    '|', v.period, v.place, v.definition, v.value, v.low, v.high, v.status, v.verdict, v.facet, v.method, v.kind,
    v.candidates, v.is_conflict
  )
FROM warehouse.reconciled_value AS v
UNION ALL
SELECT 'conflict|' || concat_ws('|', c.period, c.place, c.definition, c.proposal, c.spread, c.state)
FROM warehouse.conflict AS c
UNION ALL
SELECT
  'indicator|' || concat_ws(
    '|', i.framework, i.indicator, i.place, i.period, i.value, i.status, i.verdict, i.kind, i.formula,
    i.formula_version, i.inputs::text, i.missing::text, e.content_hash
  )
FROM warehouse.indicator_value AS i
INNER JOIN ref.edition AS e ON i.edition = e.edition
