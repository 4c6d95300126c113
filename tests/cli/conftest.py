import subprocess
import sys

import pytest


@pytest.fixture
def veille(tmp_path):
    """Run the program as a person would, in a process of its own, without a terminal."""

    def run(*arguments: object, env: dict[str, str] | None = None, timeout: float = 120, **options):
        import os

        command = [sys.executable, "-m", "veille", *map(str, arguments)]
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=options.pop("cwd", tmp_path),
            stdin=subprocess.DEVNULL,
            check=False,
            env={**os.environ, **(env or {})},
            **options,
        )

    return run
