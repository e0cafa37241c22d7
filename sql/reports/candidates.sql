-- Every candidate of these definitions, observation by observation, with the cell and file it stands in and who decided.
SELECT
  k.place, k.definition, k.rank, k.method AS candidate_method, k.route, k.value AS candidate_value, k.obs_ids, o.obs_id,
  o.value AS observed_value, o.unit AS observed_unit, o.definition AS observed_definition, o.place AS observed_place,
  o.period AS observed_period, o.status AS observed_status, o.source, src.name_zh AS source_zh, o.recorded_at,
  s.submission_id, s.delivered_as, s.file_name, s.sha256, o.sheet, o.cell,
  r.cells[intake.column_number(substring(o.cell, '^[A-Z]{1,3}'))] AS cell_text,
  form.action AS accepted_as, form.who AS accepted_by, form.why AS accepted_why,
  d.who AS corrected_by, d.why AS corrected_why, d.basis AS corrected_basis
FROM warehouse.candidate AS k
CROSS JOIN LATERAL unnest(k.obs_ids) AS part (obs_id)
INNER JOIN warehouse.observation AS o ON part.obs_id = o.obs_id
LEFT JOIN intake.submission AS s ON o.submission_id = s.submission_id
LEFT JOIN ref.source AS src ON o.source = src.source AND src.edition = (SELECT max(e.edition) FROM ref.edition AS e)
LEFT JOIN intake.sheet_row AS r ON o.submission_id = r.submission_id AND o.sheet = r.sheet
  AND r.row_no = cast(substring(o.cell, '^[A-Z]{1,3}([0-9]{1,7})$') AS integer)
LEFT JOIN quality.form_decision AS form ON o.submission_id = form.submission_id AND o.source = 'ledger_' || form.form
LEFT JOIN quality.decision AS d ON o.decision_id = d.decision_id
WHERE k.period = :period AND k.definition = any(:definitions) AND (:everywhere OR k.place = any(:places))
ORDER BY k.place COLLATE "C", k.definition COLLATE "C", k.rank, s.sha256 COLLATE "C", o.sheet COLLATE "C", o.cell COLLATE "C", o.obs_id;
