"""Who may apply: kinds, sizes, ages, areas and trades, and whom a call leaves out."""
