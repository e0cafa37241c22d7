-- What the edition in use says of the items of forms in these periods: label, bounds, choices, unit, new this year.
SELECT
  w.period, fi.form, fi.definition, fi.label_zh AS label, fi.low, fi.high, fi.choices, d.unit AS previous_unit,
  coalesce(d.valid_from > intake.last_day(intake.year_before(w.period)), FALSE) AS is_new_definition
FROM unnest(cast(:periods AS text [])) AS w (period)
INNER JOIN ref.form_item AS fi
  ON fi.edition = (SELECT max(x.edition) FROM ref.edition AS x)
    AND daterange(fi.valid_from, fi.valid_to) @> coalesce(intake.last_day(w.period), current_date)
LEFT JOIN ref.definition AS d
  ON fi.edition = d.edition AND fi.definition = d.definition
    AND daterange(d.valid_from, d.valid_to) @> coalesce(intake.last_day(w.period), current_date)
