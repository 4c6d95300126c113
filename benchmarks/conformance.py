"""Score the checklist of feed fetching: runs of the program against a misbehaving server, settings as shipped.

    python benchmarks/conformance.py [--hurry]

Prints the score by chapter, what failed, and what run 1 took (memory: peak PSS of the process tree). E is judged
on what was kept, X are rules of our own, the other chapters are judged on the wire. The last line is one JSON object.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.conformance.later import LATER
from tests.conformance.rules import RULES, Evidence, Limits, scores
from tests.conformance.runs import play

from veille.config.settings import Fetch

CHAPTERS = {
    "C": "conditional requests",
    "T": "when to come back",
    "R": "redirects",
    "S": "safety",
    "P": "pace",
    "H": "who we say we are",
    "W": "pages, and what sites ask of programs",
    "E": "what is kept",
    "X": "beyond the checklist",
}


def figures(evidence: Evidence) -> dict[str, object]:
    """Print the scores and return them."""
    found = scores(evidence)
    kept = Counter(number[0] for number, failure in found.items() if not failure)
    total = Counter(number[0] for number in found)
    for letter, name in CHAPTERS.items():
        print(f"{letter}  {kept[letter]:>2} / {total[letter]:<2}  {name}")
    for number, failure in found.items():
        if failure:
            print(f"   {number} ({RULES[number].level}) {RULES[number].title}\n      {failure}")
    for number, reason in LATER.items():
        print(f"   {number} later: {reason}")
    wire = [number for number in found if number[0] not in "EX"]
    checklist = [number for number in found if number[0] != "X"]
    first = evidence.runs[0]
    return {
        "chapters": {letter: [kept[letter], total[letter]] for letter in CHAPTERS},
        "wire": [sum(not found[number] for number in wire), len(wire)],
        "total": [sum(not found[number] for number in checklist), len(checklist)],
        "must_failed": [number for number, failure in found.items() if failure and RULES[number].level == "MUST"],
        "later": sorted(LATER),
        "feeds": evidence.sources,
        "run_1_seconds": round(first.seconds, 1),
        "run_1_peak_mb": round(first.peak_mb, 1),
        "run_seconds": [round(run.seconds, 1) for run in evidence.runs],
    }


def main() -> None:
    """Read the command line, play, print."""
    parser = argparse.ArgumentParser(description="Score the checklist of feed fetching.")
    parser.add_argument("--hurry", action="store_true", help="with the short deadline and pause of the tests")
    options = parser.parse_args()
    shipped = Fetch()
    limits = Limits() if options.hurry else Limits(shipped.deadline, shipped.host_delay)
    with tempfile.TemporaryDirectory() as folder:
        evidence = play(Path(folder, "instance"), limits)
    result = figures(evidence)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
