"""How fast the program answers, and how big its default install is.

usage: python benchmarks/house.py

Compares `veille --help` (median of ten processes) with a bare interpreter and with the limit of 0.3 s, and the size of
the packages that the run-time lock file installs with the limit of 500 MB. The last line is one JSON object.
"""

import json
import re
import statistics
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT_SECONDS, LIMIT_MB = 0.3, 500
RUNS = 10


def seconds(*arguments: str) -> float:
    """Return the median wall time of a process."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def locked() -> list[str]:
    """Return the names in the run-time lock file."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)


def installed_bytes() -> tuple[int, int]:
    """Return the bytes of the run-time packages as installed here, and how many packages there are."""
    total, count = 0, 0
    for name in locked():
        try:
            files = distribution(name).files or []
        except PackageNotFoundError:
            continue  # for another platform
        count += 1
        total += sum(path.stat().st_size for file in files if (path := Path(str(file.locate()))).is_file())
    return total, count


def main() -> int:
    """Measure and print."""
    bare, answer = seconds("-c", "pass"), seconds("-m", "veille", "--help")
    size, count = installed_bytes()
    print(f"veille --help : {answer * 1000:.0f} ms ; interpréteur nu {bare * 1000:.0f} ms (× {answer / bare:.1f})")
    print(f"                limite {LIMIT_SECONDS * 1000:.0f} ms (× {answer / LIMIT_SECONDS:.2f})")
    print(
        f"installation  : {size / 1e6:.0f} Mo, {count} paquets ; limite {LIMIT_MB} Mo (× {size / 1e6 / LIMIT_MB:.2f})"
    )
    found = {"help_s": round(answer, 3), "bare_s": round(bare, 3), "help_over_limit": round(answer / LIMIT_SECONDS, 2)}
    print(json.dumps({**found, "install_mb": round(size / 1e6), "packages": count}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
