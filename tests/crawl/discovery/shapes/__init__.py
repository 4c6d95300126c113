"""Listing pages written here, in the shapes that French portals have, each with what a person would collect from it.

`OPEN` are those that the detection was worked out on; `CLOSED` were written afterwards and opened once.
"""

from tests.crawl.discovery.shapes import closed, drupal, plain, press, public, wordpress
from tests.crawl.discovery.shapes.shape import Entry, Shape

OPEN: tuple[Shape, ...] = (*drupal.SHAPES, *wordpress.SHAPES, *public.SHAPES, *plain.SHAPES, *press.SHAPES)
CLOSED: tuple[Shape, ...] = closed.SHAPES

__all__ = ["CLOSED", "OPEN", "Entry", "Shape"]
