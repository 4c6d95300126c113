"""Who reads what, and in which words: choose, word, explain; all pure."""
