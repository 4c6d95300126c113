"""From matches to mails: select, word, render, assemble, send; every step but the last is pure."""
