"""The guarded HTTP client: the only way out, and the only importer of httpx and httpcore."""

import sys
from types import ModuleType


def _leave_out_the_command_of_httpx() -> None:
    """Let `import httpx` not load its command line, with rich and pygments: 5 MB and 0.13 s of every crawl."""
    unused = ModuleType("httpx._main")
    unused.main = lambda: None  # type: ignore[attr-defined]  # httpx exports it
    sys.modules.setdefault("httpx._main", unused)


_leave_out_the_command_of_httpx()
