"""Line ends inside a sentence: pages and PDF break lines where no sentence ends."""

import re

#: A line end inside a sentence, or between a label and what it announces.
_BROKEN = re.compile(r"\n(?=\s*[a-zà-ÿ(])|(?<=:)[ \u00a0]*\n|(?<=: )\n")


def unbroken(text: str, original: str) -> str:
    """Return `text`, as long as `original`, with a space for each line end of it that ends no sentence."""
    parts, place = [], 0
    for found in _BROKEN.finditer(original):
        parts.append(text[place : found.start()] + " " * len(found[0]))
        place = found.end()
    return "".join(parts) + text[place:]
