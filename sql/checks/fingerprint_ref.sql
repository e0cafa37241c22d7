-- Lines of every edition of the catalogue, to be hashed.
SELECT 'edition|' || content_hash FROM ref.edition
UNION ALL
SELECT 'place|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.place AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'place_event|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.place_event AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'department|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.department AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'source|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.source AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'measure|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.measure AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'definition|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.definition AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'bridge|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.bridge AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'framework|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.framework AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'indicator|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.indicator AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'formula|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.formula AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'target|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.target AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'form|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.form AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'form_item|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.form_item AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'responsibility|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.responsibility AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'calendar|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.calendar AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'table_label|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.table_label AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'place_alias|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.place_alias AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'facet|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.facet AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'threshold|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.threshold AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'overlap|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.overlap AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'contact|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.contact AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
UNION ALL
SELECT 'relation|' || ((to_jsonb(t) - 'edition') || jsonb_build_object('edition', e.content_hash))::text
FROM ref.relation AS t
INNER JOIN ref.edition AS e ON t.edition = e.edition
