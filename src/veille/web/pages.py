"""Draw pages: our own templates only, everything escaped, nothing from elsewhere (no script, no font, no image)."""

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

from veille.config.settings import Settings
from veille.digest.choosing.bulletin import web_link
from veille.drawing import templates

HERE = Path(__file__).parent


@cache
def environment() -> jinja2.Environment:
    """Return the environment of the pages, made once; a room's own templates stand behind its name (`member/…`)."""
    rooms = {"member": HERE / "member" / "templates"}
    return templates(HERE / "templates", rooms=rooms, web_link=web_link)


def framed(settings: Settings, template: str, title: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Draw one page with its title, under the cluster's name and over its address."""
    cluster = settings.cluster
    text = (
        environment()
        .get_template(template)
        .render(
            title=title,
            cluster=cluster.name,
            contact=cluster.contact,
            postal_address=cluster.postal_address,
            **values,
        )
    )
    return HTMLResponse(text, status)
