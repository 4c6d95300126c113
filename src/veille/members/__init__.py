"""Profiles and people: lists of members read, checked line by line and compared with what is stored."""
