"""Fitting: from labelled texts to weights, and from what staff decided to what is learnt."""
