"""Places: territories and zones, which one a call aims at and which it mentions."""
