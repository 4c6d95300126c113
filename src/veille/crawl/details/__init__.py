"""What is read besides the lists: entries' own pages, and the documents attached to them."""
