"""Dates: until when, from when, on which day; and which of several is the deadline."""
