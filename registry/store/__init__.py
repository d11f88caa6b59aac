"""PostgreSQL: models, sessions, named queries and migrations."""
