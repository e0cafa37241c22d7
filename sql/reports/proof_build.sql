-- A build as a card names it: what it was made of, by whom it was approved, released and certified.
SELECT
  b.build_id AS number, b.framework, b.period, b.state, b.as_of, b.inputs_hash, b.code_version, b.frozen, b.chain, b.edition,
  r.approved_by, r.released_by, r.released_at, r.certified_by
FROM report.build AS b
LEFT JOIN report.release AS r ON b.build_id = r.build_id
WHERE b.build_id = :build;
