"""The schema's history, one file a revision; they ship with the program."""
