"""About a hundred rules of a good feed fetcher, scored from a misbehaving server's log and from what is kept."""
