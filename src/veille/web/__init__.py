"""Pages over HTTP: one application, a room for each audience (`member/`), and what no page may forget."""
