"""Measuring: figures per set and per label, floors, and the page that shows them."""
