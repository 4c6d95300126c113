"""Shapes written last of all, and run once before anything was changed for them."""

# ruff: noqa: E501 - markup as sites write it

from tests.crawl.discovery.shapes.shape import Shape, Thing, each, expected, long, page, short, things

HOST = "https://autre.exemple"
_ABBREVIATED = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


def _components() -> Shape:
    """Elements of the site's own making."""
    found = things(8)
    rows = each(
        found,
        lambda one: (
            f'<app-result-card class="ng-star-inserted"><a class="card-link" href="/appels/{one.slug}"><span class="tag">Appel</span><p class="card-link__name">{one.title}</p><p class="card-link__text">{one.lead}</p><span class="card-link__limit"><i class="icon"></i>Candidatez jusqu’au {short(one.until)}</span></a></app-result-card>'
        ),
    )
    return Shape(
        "own-elements",
        f"{HOST}/appels",
        page(f"<app-root><h1>Appels à projets</h1><app-results>{rows}</app-results></app-root>"),
        expected(found, lambda one: f"/appels/{one.slug}", until=True),
    )


def _category_first() -> Shape:
    """A link to the category stands before that to the entry, in the same kind of element."""
    found = things(9)
    rows = each(
        found,
        lambda one: (
            f'<li><p><a href="/categorie/{one.number % 3}">Catégorie {one.number % 3}</a></p><p><a href="/actus/{one.slug}">{one.title}</a></p><p><em>Publié le {long(one.published)}</em></p></li>'
        ),
    )
    return Shape(
        "category-first",
        f"{HOST}/actus",
        page(f"<section><h1>Actus</h1><ol>{rows}</ol></section>", title="Actus"),
        expected(found, lambda one: f"/actus/{one.slug}", dated=True),
    )


def _figures() -> Shape:
    found = things(7)
    rows = each(
        found,
        lambda one: (
            f'<figure><a href="/etudes/{one.slug}"><img src="c.jpg" alt="Couverture"></a><figcaption><strong>{one.title}</strong><br><small>{short(one.published)}</small><br>{one.lead}</figcaption></figure>'
        ),
    )
    return Shape(
        "figures",
        f"{HOST}/etudes",
        page(f'<div class="wrap"><h1>Études</h1><div class="galerie">{rows}</div></div>', title="Études"),
        expected(found, lambda one: f"/etudes/{one.slug}", dated=True),
    )


def _period_in_two_lines() -> Shape:
    found = things(6)
    rows = each(
        found,
        lambda one: (
            f'<tr><td class="titre"><a href="/aap?num={one.number}">{one.title}</a><p>{one.lead}</p></td><td class="dates">Du {short(one.published)}<br>au {short(one.until)}</td></tr>'
        ),
    )
    return Shape(
        "period-in-two-lines",
        f"{HOST}/aap",
        page(f"<main><h1>Les appels à projets</h1><table><tr><th>Appel</th><th>Période</th></tr>{rows}</table></main>"),
        expected(found, lambda one: f"/aap?num={one.number}", until=True),
    )


def _all_in_the_link() -> Shape:
    found = things(10)
    rows = each(
        found,
        lambda one: (
            f'<li><a href="/breves/{one.slug}"><span class="when">{short(one.published, ".")}</span> <span class="what">{one.title}</span></a></li>'
        ),
    )
    return Shape(
        "all-in-the-link",
        f"{HOST}/breves",
        page(f'<div class="page"><h1>Brèves</h1><ul class="breves">{rows}</ul></div>', title="Brèves"),
        expected(found, lambda one: f"/breves/{one.slug}", dated=True),
    )


def _longer_side() -> Shape:
    """The list is short, and a longer one of links without dates stands beside it."""
    found = things(4)
    rows = each(
        found,
        lambda one: (
            f'<div class="bloc-appel"><h2><a href="/appels/{one.slug}">{one.title}</a></h2><p>{one.lead}</p><p class="limite">Limite de dépôt : {long(one.until)}</p></div>'
        ),
    )
    side = each(things(14, first=20), lambda one: f'<li><a href="/ressources/{one.slug}">{one.title}</a></li>')
    body = f'<div class="colonne-gauche"><h3>Ressources utiles</h3><ul class="ressources">{side}</ul></div><div class="colonne-centrale"><h1>Appels ouverts</h1>{rows}</div>'
    return Shape(
        "longer-side",
        f"{HOST}/appels-ouverts",
        page(body),
        expected(found, lambda one: f"/appels/{one.slug}", until=True),
    )


def _abbreviated() -> Shape:
    found = things(8)
    rows = each(
        found,
        lambda one: (
            f'<article><h3><i class="fa fa-file"></i> <a href="/notes/{one.slug}">{one.title}</a></h3><span class="post-date">{one.published.day} {_ABBREVIATED[one.published.month - 1]} {one.published.year}</span></article>'
        ),
    )
    return Shape(
        "abbreviated-months",
        f"{HOST}/notes",
        page(f'<main><h1>Notes</h1><div class="notes">{rows}</div></main>', title="Notes"),
        expected(found, lambda one: f"/notes/{one.slug}", dated=True),
    )


def _downloads() -> Shape:
    """Publications named beside a link that only says « Télécharger »."""
    found = things(7)
    rows = each(
        found,
        lambda one: (
            f'<div class="doc"><div class="doc-infos"><p class="doc-nom">{one.title}</p><p class="doc-date">Paru le {long(one.published)}</p></div><a class="btn" href="/files/{one.slug}.pdf">Télécharger (PDF - 1,2 Mo)</a></div>'
        ),
    )
    return Shape(
        "downloads",
        f"{HOST}/publications",
        page(f'<section id="publications"><h1>Publications</h1>{rows}</section>', title="Publications"),
        expected(found, lambda one: f"/files/{one.slug}.pdf", dated=True),
    )


def _first_is_larger() -> Shape:
    """The newest entry is shown larger, in the same list."""
    found = things(9)

    def item(one: Thing) -> str:
        level = "h2" if one.number == 1 else "h3"
        return f'<div class="actualite {"actualite--une" if one.number == 1 else ""}"><div class="texte"><{level} class="actualite__titre"><a href="/actualite/{one.slug}">{one.title}</a></{level}><span class="actualite__date">{long(one.published)}</span></div></div>'

    return Shape(
        "first-is-larger",
        f"{HOST}/actualites",
        page(f'<main><h1>Actualités</h1><div class="actualites">{each(found, item)}</div></main>', title="Actualités"),
        expected(found, lambda one: f"/actualite/{one.slug}", dated=True),
    )


def _day_blocks() -> Shape:
    """Days without their year on screen, with it for machines."""
    found = things(6)
    rows = each(
        found,
        lambda one: (
            f'<li class="event"><time class="event-day" datetime="{one.published}"><b>{one.published.day:02}</b><span>{long(one.published).split()[1][:4]}</span></time><div class="event-body"><a class="event-name" href="/evenements/{one.slug}">{one.title}</a><p class="event-place">Exempleville</p></div></li>'
        ),
    )
    return Shape(
        "day-blocks",
        f"{HOST}/evenements",
        page(
            f'<main><h1>Événements</h1><ul class="events">{rows}</ul><p class="pages">Page 1 / 3 <a href="/evenements?page=2" aria-label="Page suivante">›</a></p></main>',
            title="Événements",
        ),
        expected(found, lambda one: f"/evenements/{one.slug}", dated=True),
        "/evenements?page=2",
    )


def _several_dates() -> Shape:
    """Three dates in each: published, opening, closing."""
    found = things(8)
    rows = each(
        found,
        lambda one: (
            f'<div class="consultation"><h4><a href="/consultations/{one.slug}">{one.title}</a></h4><ul><li>Date de publication : {short(one.published)}</li><li>Ouverture des plis : {short(one.until)} à 14h</li><li>Date limite de réponse : {short(one.until)}</li></ul></div>'
        ),
    )
    return Shape(
        "three-dates",
        f"{HOST}/consultations",
        page(f'<div id="content"><h1>Consultations</h1>{rows}</div>', title="Consultations"),
        expected(found, lambda one: f"/consultations/{one.slug}", dated=True, until=True),
    )


def _old_cms() -> Shape:
    """Rows of a grid system, the date in bold before the title, no class that means anything."""
    found = things(10)
    rows = each(
        found,
        lambda one: (
            f'<div class="row mt-3"><div class="col-2"><b>{short(one.published)}</b></div><div class="col-10"><a href="index.php?id={one.number}&amp;m=detail"><b>{one.title}</b></a><br>{one.lead}</div></div>'
        ),
    )
    return Shape(
        "grid-rows",
        f"{HOST}/index.php?m=liste",
        page(
            f'<div class="container"><h1>Informations</h1>{rows}<div class="row mt-3"><div class="col-12"><a href="index.php?m=liste&amp;page=2">Suite</a></div></div></div>',
            title="Informations",
        ),
        expected(found, lambda one: f"/index.php?id={one.number}&m=detail", dated=True),
        "/index.php?m=liste&page=2",
    )


SHAPES = (
    _components(), _category_first(), _figures(), _period_in_two_lines(), _all_in_the_link(), _longer_side(), _abbreviated(),
    _downloads(), _first_is_larger(), _day_blocks(), _several_dates(), _old_cms(),
)  # fmt: skip
