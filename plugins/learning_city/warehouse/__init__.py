"""The database: server, engine, migrations, and one module per family of tables."""
