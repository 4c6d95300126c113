"""veille: a strategic watch for French business clusters, from sources to a personalised weekly bulletin."""

__version__ = "0.1.0"
