"""Definitions and settings of an instance; every error names file, line, key, cause and cure."""
