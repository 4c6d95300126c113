"""Relevance of an item for a member, with its reasons and the first gate that refused it (pure)."""
