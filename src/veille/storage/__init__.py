"""The database: engines, tables, one store class per table family, the work ledger, migrations."""
