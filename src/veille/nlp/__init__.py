"""Reading items: language, sector, type, theme, audience, territory and facts, each with its words."""
