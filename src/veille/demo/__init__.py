"""The demonstration: a corpus written for it, replayed on loopback by clocks fixed at its dates."""
