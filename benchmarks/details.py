"""Measure what reading an entry's page or a PDF costs, and how much of a page's text is kept.

    python benchmarks/details.py [--seconds 3]

Pages are those of tests/crawl/details/pages (their sentences are marked), each repeated to the size of real ones by
what surrounds them; the PDF is made here. CPU time of one process, no network. The last line is one JSON object.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import trafilatura
from tests.crawl.details import pdfs
from tests.crawl.details.quality import pages, score

from veille.crawl.details.maintext import main_text
from veille.crawl.details.page import read_page
from veille.crawl.details.pdf import read_pdf
from veille.crawl.html import text_of, tree_of
from veille.crawl.parsing import Body

_SENTENCE = "Les dossiers sont instruits par ordre d'arrivée, dans la limite des crédits disponibles de l'année. "


def timed(work: Callable[[], object], seconds: float) -> float:
    """Return the median CPU milliseconds of a call."""
    work()
    spent, end = [], time.monotonic() + seconds
    while time.monotonic() < end or len(spent) < 5:
        start = time.process_time()
        work()
        spent.append((time.process_time() - start) * 1_000)
    return round(statistics.median(spent), 2)


def dressed(body: bytes) -> bytes:
    """Return a page as heavy as real ones: menus, scripts and icons around the same text."""
    menu = b"".join(b"<li><a href='/m/%d'>Rubrique numero %d du site</a></li>" % (n, n) for n in range(300))
    script = b"<script>" + b"var a = {'b': [1, 2, 3], 'c': 'd'};\n" * 1_200 + b"</script>"
    icon = b"<svg viewBox='0 0 9 9'><path d='M0 0h9v9'/></svg>" * 400
    extra = b"<nav><ul>" + menu + b"</ul></nav>" + icon + script
    return body.replace(b"</body>", extra + b"</body>", 1)


def plain(body: bytes) -> str:
    """Read a page as lxml's text_content would."""
    return text_of(tree_of(body, "text/html"))


def alone(body: bytes) -> str:
    """Read a page by trafilatura alone."""
    return trafilatura.extract(tree_of(body, "text/html"), include_comments=False, include_tables=True) or ""


def mine(body: bytes) -> str:
    """Read a page as veille does."""
    return main_text(tree_of(body, "text/html"))


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=3.0)
    seconds = options.parse_args().seconds
    found = list(pages())
    bodies = [dressed(page.body) for page in found]
    each = [timed(lambda body=body: read_page(Body(body, "text/html", "https://a.exemple/x")), 0.2) for body in bodies]
    document = pdfs.pdf(*(f"Article {n}\n" + "\n".join([_SENTENCE] * 40) for n in range(20)))
    whole = timed(lambda: read_pdf(Body(document, "application/pdf", "https://a.exemple/x")), seconds)
    quality = {name: score(read) for name, read in (("veille", mine), ("trafilatura", alone), ("text_content", plain))}
    for name, one in quality.items():
        print(f"{name:<13} kept {one.kept:6.1%} of the text's sentences, let through {one.leaked:6.1%} of the others")
    print(f"page of {_kilobytes(bodies)} kB: {statistics.median(each):.1f} ms of CPU, worst {max(each):.1f}")
    print(f"PDF page of 40 lines: {whole / 20:.1f} ms of CPU")
    figures = {
        "pages": len(found),
        "page_ms_median": round(statistics.median(each), 2),
        "page_ms_worst": max(each),
        "page_kb": _kilobytes(bodies),
        "pdf_page_ms": round(whole / 20, 2),
        **{f"kept_{name}": round(one.kept, 4) for name, one in quality.items()},
        **{f"leaked_{name}": round(one.leaked, 4) for name, one in quality.items()},
    }
    print(json.dumps(figures))


def _kilobytes(bodies: list[bytes]) -> int:
    return round(statistics.mean(map(len, bodies)) / 1_000)


if __name__ == "__main__":
    main()
