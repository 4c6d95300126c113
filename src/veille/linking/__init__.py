"""Which items are the same thing: compared, linked, and kept apart (no model, no network)."""
