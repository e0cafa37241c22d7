-- Lines of report builds and their files, to be hashed.
SELECT 'build|' || concat_ws('|', b.framework, b.period, e.content_hash, b.code_version, b.inputs_hash, b.state)
FROM report.build AS b
INNER JOIN ref.edition AS e ON b.edition = e.edition
UNION ALL
SELECT 'artifact|' || concat_ws('|', b.inputs_hash, a.name)
FROM report.artifact AS a
INNER JOIN report.build AS b ON a.build_id = b.build_id
