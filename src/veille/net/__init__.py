"""The guarded HTTP client: the only way out, and the only importer of httpx and httpcore."""
