"""SQL databases: one table or view of PostgreSQL, MySQL, MariaDB or SQLite, read through ADBC or
connectorx for a window of time.
"""
