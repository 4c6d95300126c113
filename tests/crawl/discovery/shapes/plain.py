"""Pages made by hand or by small tools: definition lists, flat headings, bare lists, tables without a class."""

# ruff: noqa: E501 - markup as sites write it

from tests.crawl.discovery.shapes.shape import Shape, each, expected, long, page, short, things

SITE = "https://www.chambre.exemple"


def _definitions() -> Shape:
    found = things(6)
    rows = each(
        found,
        lambda one: (
            f"""<dt><a href="/appels/{one.slug}.html">{one.title}</a></dt><dd>Date limite de candidature : {long(one.until)}</dd><dd>{one.lead}</dd>"""
        ),
    )
    body = f'<div id="content"><h1>Appels à candidatures</h1><dl class="liste-appels">{rows}</dl></div>'
    return Shape(
        "definition-list",
        f"{SITE}/appels/",
        page(body),
        expected(found, lambda one: f"/appels/{one.slug}.html", until=True),
    )


def _flat() -> Shape:
    """Headings and paragraphs one after the other, nothing around them."""
    found = things(7)
    rows = each(
        found,
        lambda one: (
            f"""<h3><a href="{one.slug}.php">{one.title}</a></h3><p class="date">{short(one.published)}</p><p>{one.lead}</p>"""
        ),
    )
    body = f'<div id="page"><h1>Actualités de la Chambre</h1>{rows}<hr><p>Retrouvez-nous aussi au salon régional.</p></div>'
    return Shape(
        "flat-headings", f"{SITE}/actualites.php", page(body, title="Actualités"),
        expected(found, lambda one: f"/{one.slug}.php", dated=True),
    )  # fmt: skip


def _bare_list() -> Shape:
    """An unordered list without a class, dates before the links."""
    found = things(12)
    rows = each(
        found,
        lambda one: f'<li>{short(one.published)} : <a href="/doc/{one.slug}.pdf">{one.title}</a> (PDF, 340 ko)</li>',
    )
    body = f'<div id="corps"><h1>Arrêtés et avis publiés</h1><p>Les avis sont publiés chaque semaine.</p><ul>{rows}</ul></div>'
    return Shape(
        "bare-list",
        f"{SITE}/avis",
        page(body, title="Avis"),
        expected(found, lambda one: f"/doc/{one.slug}.pdf", dated=True),
    )


def _bare_table() -> Shape:
    """A table with its heads in the first row of the body; two digits for the year."""
    found = things(8)
    rows = each(
        found,
        lambda one: (
            f"<tr><td>{one.published:%d/%m/%y}</td><td><a href='/consultation?id={7000 + one.number}'>{one.title}</a></td><td>{one.lead}</td></tr>"
        ),
    )
    body = f"<div><h1>Consultations</h1><table><tbody><tr><th>Publié le</th><th>Objet</th><th>Détail</th></tr>{rows}</tbody></table></div>"
    return Shape(
        "bare-table-short-years", f"{SITE}/consultations", page(body, title="Consultations"),
        expected(found, lambda one: f"/consultation?id={7000 + one.number}", dated=True),
    )  # fmt: skip


def _details() -> Shape:
    """`details` elements: the summary names, the link stands inside."""
    found = things(6)
    rows = each(
        found,
        lambda one: (
            f"""<details><summary>{one.title}</summary><div><p>{one.lead}</p><p>Dépôt des dossiers avant le {long(one.until)}.</p>
<a href="/aides/{one.slug}">Lire la fiche</a></div></details>"""
        ),
    )
    body = f'<section class="aides"><h1>Aides aux entreprises</h1>{rows}</section>'
    return Shape(
        "details-summary",
        f"{SITE}/aides",
        page(body, title="Aides"),
        expected(found, lambda one: f"/aides/{one.slug}", until=True),
    )


def _bootstrap_list_group() -> Shape:
    """Whole links in a list group, the title a heading beside a small date."""
    found = things(8)
    rows = each(
        found,
        lambda one: (
            f"""<a href="/evenements/{one.slug}" class="list-group-item list-group-item-action"><div class="d-flex w-100 justify-content-between">
<h5 class="mb-1">{one.title}</h5><small class="text-muted">{one.published.day} {long(one.published).split()[1]} {one.published.year}</small></div><p class="mb-1">{one.lead}</p></a>"""
        ),
    )
    body = f'<div class="container"><h1>Événements</h1><div class="list-group">{rows}</div></div>'
    return Shape(
        "bootstrap-list-group", f"{SITE}/evenements", page(body, title="Événements"),
        expected(found, lambda one: f"/evenements/{one.slug}", dated=True),
    )  # fmt: skip


SHAPES = (_definitions(), _flat(), _bare_list(), _bare_table(), _details(), _bootstrap_list_group())
