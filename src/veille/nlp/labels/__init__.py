"""Labels: sectors, types, themes, audiences and axes, each with what speaks for it."""
