"""A page without a list, followed by its text: what of it is watched, what of that is noise, and what has changed."""
