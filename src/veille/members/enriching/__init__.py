"""Drafting profiles from what others publish: each proposed line is a quotation or a coded fact, never an invention."""
