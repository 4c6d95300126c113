"""A folder of tables: each row is an entry, and its columns are found by their headings."""
