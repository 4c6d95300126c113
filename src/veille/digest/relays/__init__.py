"""Relays that send for us: which one it is, what it changes, and what it tells of our mails afterwards."""
