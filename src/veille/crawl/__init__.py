"""Crawl: what is due → bytes → entries → pure decisions → rows. A failing source is a state, not an exception."""
