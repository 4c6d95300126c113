"""Drupal: views of rows, tables and grids, teasers of nodes, a solr search, a pager."""

# ruff: noqa: E501 - markup as sites write it

from tests.crawl.discovery.shapes.shape import Shape, each, expected, long, page, short, things

SITE = "https://www.region.exemple"
_PAGER = """<nav class="pager" role="navigation" aria-labelledby="pagination-heading"><ul class="pager__items js-pager__items">
<li class="pager__item is-active"><a href="?page=0" aria-current="page">1</a></li><li class="pager__item"><a href="?page=1">2</a></li>
<li class="pager__item pager__item--next"><a href="?page=1" title="Aller à la page suivante" rel="next"><span>Suivant ›</span></a></li></ul></nav>"""
_CRUMBS = '<nav class="breadcrumb"><ol><li><a href="/">Accueil</a></li><li><a href="/aides">Aides et appels</a></li></ol></nav>'


def _rows() -> Shape:
    found = things(10)
    rows = each(
        found,
        lambda one: (
            f"""<div class="views-row views-row-{one.number} {"views-row-odd" if one.number % 2 else "views-row-even"}">
<div class="views-field views-field-title"><h3 class="field-content"><a href="/appel-a-projets/{one.slug}">{one.title}</a></h3></div>
<div class="views-field views-field-field-date-limite"><span class="views-label">Date limite : </span>
<span class="field-content">{short(one.until)}</span></div>
<div class="views-field views-field-body"><div class="field-content"><p>{one.lead}</p></div></div></div>"""
        ),
    )
    body = f'<main>{_CRUMBS}<h1>Appels à projets</h1><div class="view view-appels view-id-appels"><div class="view-content">{rows}</div>{_PAGER}</div></main>'
    return Shape(
        "drupal-rows", f"{SITE}/appels-a-projets", page(body),
        expected(found, lambda one: f"/appel-a-projets/{one.slug}", until=True), "/appels-a-projets?page=1",
    )  # fmt: skip


def _table() -> Shape:
    found = things(8)
    rows = each(
        found,
        lambda one: (
            f"""<tr><td headers="view-title-table-column" class="views-field views-field-title">
<a href="/node/{1200 + one.number}" hreflang="fr">{one.title}</a></td>
<td headers="view-field-financeur-table-column" class="views-field views-field-field-financeur"><a href="/financeur/{one.number % 3}">Ministère {one.number % 3}</a></td>
<td headers="view-field-cloture-table-column" class="views-field views-field-field-cloture"><time datetime="{one.until}T12:00:00Z">{short(one.until)}</time></td></tr>"""
        ),
    )
    head = "<thead><tr><th>Intitulé</th><th>Financeur</th><th>Clôture</th></tr></thead>"
    body = f'<main><h1>Appels en cours</h1><div class="view-content"><table class="cols-3 table">{head}<tbody>{rows}</tbody></table></div></main>'
    return Shape(
        "drupal-table",
        f"{SITE}/appels",
        page(body),
        expected(found, lambda one: f"/node/{1200 + one.number}", until=True),
    )


def _teasers() -> Shape:
    found = things(9)
    rows = each(
        found,
        lambda one: (
            f"""<article role="article" about="/actualites/{one.slug}" class="node node--type-actualite node--promoted node--view-mode-teaser">
<div class="field field--name-field-image"><a href="/actualites/{one.slug}" hreflang="fr"><img src="/i/{one.number}.jpg" alt=""></a></div>
<h2 class="node__title"><a href="/actualites/{one.slug}" rel="bookmark"><span class="field field--name-title">{one.title}</span></a></h2>
<div class="node__meta">Publié le {long(one.published)} <a href="/thematique/energie">Énergie</a> <a href="/thematique/emploi">Emploi</a></div>
<div class="node__content"><p>{one.lead}</p><ul class="links inline"><li class="node-readmore"><a href="/actualites/{one.slug}" title="{one.title}">Lire la suite<span class="visually-hidden"> de {one.title}</span></a></li></ul></div></article>"""
        ),
    )
    side = '<aside class="sidebar"><h2>Les plus lus</h2>' + each(
        things(5, first=20), lambda one: f'<article class="mini"><h3><a href="/actualites/{one.slug}">{one.title}</a></h3></article>'
    ) + "</aside>"  # fmt: skip
    body = f'<div class="layout"><main role="main"><h1>Actualités</h1><div class="view-content">{rows}</div>{_PAGER}</main>{side}</div>'
    return Shape(
        "drupal-teasers", f"{SITE}/actualites", page(body, title="Actualités"),
        expected(found, lambda one: f"/actualites/{one.slug}", dated=True), "/actualites?page=1",
    )  # fmt: skip


def _grid() -> Shape:
    found = things(7)

    def card(one):
        return f"""<div class="col-md-4 views-col"><div class="card h-100 mb-4"><a href="/dispositif/{one.slug}"><img class="card-img-top" src="/{one.number}.png" alt=""></a>
<div class="card-body"><div class="card-title h5"><a href="/dispositif/{one.slug}">{one.title}</a></div><div class="card-text"><p>{one.lead}</p></div></div>
<div class="card-footer"><span class="badge bg-info">Jusqu’au {long(one.until)}</span></div></div></div>"""

    rows = "".join(
        f'<div class="row views-row">{each(found[start : start + 3], card)}</div>' for start in range(0, len(found), 3)
    )
    body = f'<div id="content"><h1>Guide des aides</h1><div class="view-content">{rows}</div></div>'
    return Shape(
        "drupal-grid-uneven", f"{SITE}/guide-des-aides", page(body, title="Guide des aides"),
        expected(found, lambda one: f"/dispositif/{one.slug}", until=True),
    )  # fmt: skip


def _solr() -> Shape:
    """As a national agency prints its calls: a range of dates, sometimes only months."""
    found = things(10)
    rows = each(
        found,
        lambda one: (
            f"""<div class="card appel"><div class="row"><div class="col-md-3"><div class="date">{short(one.published)} - {short(one.until)}</div>
<span class="tag-type">Appel à projets</span></div><div class="col-md-9"><h2><a href="/fr/detail/call/{one.slug}/">{one.title}</a></h2>
<div class="abstract"><p>{one.lead}</p></div></div></div></div>"""
        ),
    )
    pages = """<ul class="pagination"><li class="active"><span>1</span></li><li><a href="/fr/appels/?tx_solr%5Bpage%5D=2">2</a></li>
<li><a href="/fr/appels/?tx_solr%5Bpage%5D=3">3</a></li></ul>"""
    body = f'<div class="container"><h1>Tous les appels</h1><div class="results">{rows}</div>{pages}</div>'
    return Shape(
        "solr-cards-period", f"{SITE}/fr/appels/", page(body),
        expected(found, lambda one: f"/fr/detail/call/{one.slug}/", until=True), "/fr/appels/?tx_solr%5Bpage%5D=2",
    )  # fmt: skip


SHAPES = (_rows(), _table(), _teasers(), _grid(), _solr())
