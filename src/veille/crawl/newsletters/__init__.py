"""Newsletters received by mail: who really sent them, what they say, and where their links lead.

A message's bytes are read in a worker; what comes out is entries as of any other source. A link that hides its target
behind the sender's own click server is asked once at most (`following`), after reading and before deciding.
"""
