class PostgresUnavailable(Exception):
    """The embedded PostgreSQL could not be started; the message says why and where its log is."""
