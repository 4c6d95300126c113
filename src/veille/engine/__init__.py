"""Engines: what drives stages over the ledger. One protocol, one contract suite."""
