"""Listing pages written here, in the shapes that French portals have, each with what a person would collect from it.

`OPEN` are those that the detection was worked out on; `CLOSED`, `LAST`, then `FRESH` were written afterwards and first
run before anything was changed for them.
"""

from tests.crawl.discovery.shapes import closed, drupal, fresh, last, plain, press, public, wordpress
from tests.crawl.discovery.shapes.shape import Entry, Shape

OPEN: tuple[Shape, ...] = (*drupal.SHAPES, *wordpress.SHAPES, *public.SHAPES, *plain.SHAPES, *press.SHAPES)
CLOSED: tuple[Shape, ...] = closed.SHAPES
LAST: tuple[Shape, ...] = last.SHAPES
FRESH: tuple[Shape, ...] = fresh.SHAPES

__all__ = ["CLOSED", "FRESH", "LAST", "OPEN", "Entry", "Shape"]
