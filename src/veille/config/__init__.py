"""Definitions and settings: env + veille.toml, sources.yaml, taxonomy, digests. Errors name file, line, key and cure."""
