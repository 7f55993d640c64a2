"""A database backend: PostgreSQL, started on first use where it is the embedded one, entered in the application's role."""
