"""How often the recipe proposed for a listing page reads exactly what a person would collect from it.

    python benchmarks/propose.py [--half open|closed|last|fresh|all] [--show NAME]

The pages are those of tests/crawl/discovery/shapes, written by us in the shapes of real portals: they compare one
version with the next, and say little of the web at large. The last line is one JSON object.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.crawl.discovery.shapes import CLOSED, FRESH, LAST, OPEN, Shape

from veille.crawl.discovery.findings import Listing
from veille.crawl.discovery.listing import Page, find_listing
from veille.crawl.html import base_of, tree_of

_ZONE = ZoneInfo("Europe/Paris")


def propose(shape: Shape) -> Listing | None:
    """Look for the list of a page."""
    body = shape.html.encode()
    root = tree_of(body, "text/html; charset=utf-8")
    return find_listing(Page(root, body, "text/html; charset=utf-8", shape.url, base_of(root, shape.url)))


def judge(shape: Shape, listing: Listing | None) -> dict[str, bool]:
    """Say what of the expected entries the proposed recipe reads, each field by itself."""
    if listing is None:
        return dict.fromkeys(("entries", "dates", "deadlines", "next"), False)
    wanted = [(entry.title, urljoin(shape.url, entry.link)) for entry in shape.entries]
    read = listing.read.entries
    days = {one.link: one.published.astimezone(_ZONE).date() if one.published else None for one in read}
    ends = {one.link: one.facts.deadline for one in read}
    following = listing.read.next.url if listing.read.next else None
    return {
        "entries": sorted((one.title, one.link) for one in read) == sorted(wanted),
        "dates": all(days.get(urljoin(shape.url, one.link)) == one.date for one in shape.entries),
        "deadlines": all(ends.get(urljoin(shape.url, one.link)) == one.deadline for one in shape.entries),
        "next": following == (urljoin(shape.url, shape.next) if shape.next else None),
    }


def main() -> None:
    """Print one line a page, then one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("open", "closed", "last", "fresh", "all"), default="all")
    parser.add_argument("--show", default="", help="print the recipe of this page and what it reads")
    asked = parser.parse_args()
    shapes = {"open": OPEN, "closed": CLOSED, "last": LAST, "fresh": FRESH, "all": (*OPEN, *CLOSED, *LAST, *FRESH)}[
        asked.half
    ]
    results, slowest = {}, 0.0
    for shape in shapes:
        start = time.process_time()
        listing = propose(shape)
        slowest = max(slowest, time.process_time() - start)
        results[shape.name] = judge(shape, listing)
        missed = [name for name, right in results[shape.name].items() if not right]
        print(f"{'✓' if not missed else '✗'} {shape.name:32} {'' if not missed else 'wrong: ' + ', '.join(missed)}")
        if asked.show == shape.name and listing is not None:
            print(listing.recipe, listing.expect, listing.worth, sep="\n")
            for entry in listing.read.entries:
                print("  ", entry.published, entry.facts.deadline, entry.title, entry.link)
            print("  next:", listing.read.next)
    count = max(1, len(results))
    exact = sum(all(result[name] for name in ("entries", "dates")) for result in results.values())
    share = {
        name: round(sum(one[name] for one in results.values()) / count, 3)
        for name in ("entries", "dates", "deadlines", "next")
    }
    print(
        json.dumps(
            {
                "half": asked.half,
                "pages": len(results),
                "exact": round(exact / count, 3),
                **share,
                "slowest_s": round(slowest, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
