"""The command line: one module per topic; each parses, calls, prints and leaves an exit code."""

from veille.cli.main import main

__all__ = ["main"]
