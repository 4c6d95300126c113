"""The clock: a tick each minute calls what `veille run` calls."""
