"""Draw pages: our own templates only, everything escaped, nothing from elsewhere (no script, no font, no image)."""

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

from veille.digest.choosing.bulletin import web_link

HERE = Path(__file__).parent


@cache
def environment() -> jinja2.Environment:
    """Return the environment of the pages, made once."""
    drawn = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawn.filters["web_link"] = web_link
    return drawn


def page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Draw one page."""
    return HTMLResponse(environment().get_template(template).render(**values), status)
