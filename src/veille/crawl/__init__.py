"""Crawl: what is due → fetched bytes → parsed entries → pure decisions → rows. A failing source is a state, not an exception."""
