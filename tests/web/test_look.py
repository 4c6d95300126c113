"""One look for all pages: one stylesheet, one way to draw, the colours of the cluster's mails."""

import re
from pathlib import Path

import pytest

import veille.drawing
from tests.digest.builders import DIGESTS
from tests.web.conftest import WEDNESDAY, make_home, open_site
from veille.config.brand import CARD, CARD_DARK, INK, INK_DARK, Brand
from veille.drawing import stylesheet

PACKAGE = Path(veille.drawing.__file__).parent
COLOUR = re.compile("#[0-9a-f]{6}")


def test_pages_and_archive_wear_the_colours_of_the_mails(sqlite_template: Path, tmp_path: Path) -> None:
    home = make_home(tmp_path / "maison", sqlite_template, 'archive = true\n[brand]\ncolor = "#7a1f5c"\n')
    site = open_site(home, WEDNESDAY)
    sheet = site.client.get("/static/veille.css")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "--accent: #7a1f5c" in sheet.text
    assert site.client.get("/archives/archive.css").text == sheet.text
    again = site.client.get("/static/veille.css", headers={"If-None-Match": sheet.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    site.app.close()


@pytest.mark.parametrize("colour", ["#0a5a52", "#7a1f5c", "#123456"])
def test_no_colour_of_the_stylesheet_is_left_unnamed(colour: str) -> None:
    assert "@" not in stylesheet(Brand(color=colour)).decode().replace("@media", "")


def test_what_is_no_brands_colour_is_the_mails() -> None:
    mail = (DIGESTS / "_base" / "body.html.jinja").read_text("utf-8")
    page = (PACKAGE / "look.css").read_text("utf-8")
    assert {CARD, CARD_DARK, INK, INK_DARK} <= set(COLOUR.findall(page)) <= set(COLOUR.findall(mail))


def test_every_rule_of_the_stylesheet_stands_where_it_counts() -> None:
    """One brace too many swallows the rule that follows it, and nothing else tells."""
    depth, deepest = 0, 0
    for sign in re.findall("[{}]", (PACKAGE / "look.css").read_text("utf-8")):
        depth += 1 if sign == "{" else -1
        deepest = max(depth, deepest)
        assert depth >= 0
    assert (depth, deepest) == (0, 2)


def test_there_is_one_way_to_draw_beside_the_sandbox_of_mails() -> None:
    """The sandbox is a class of its own, made in another process."""
    made = re.compile(r"\bEnvironment\(")
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(made.search(line) and "class " not in line for line in path.read_text("utf-8").splitlines())
    }
    assert found == {"drawing.py"}


def test_the_only_other_stylesheets_stand_in_pages_that_need_no_other_file() -> None:
    assert [path.name for path in PACKAGE.rglob("*.css")] == ["look.css"]
