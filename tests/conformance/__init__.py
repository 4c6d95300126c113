"""About a hundred rules of a good feed fetcher, scored from the log of a server that misbehaves and from what is kept."""
