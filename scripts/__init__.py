"""Programs for developers: data files, generated pages, checks of the built wheel."""
