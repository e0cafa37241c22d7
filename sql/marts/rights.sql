-- Who may read the marts: the application and the reader role; a reader may read nothing else.
GRANT SELECT ON ALL TABLES IN SCHEMA mart TO lcm_app, lcm_reader;
