"""What a site offers to a watch, and how: its feeds, its statements, the list that a page repeats, its site map."""
