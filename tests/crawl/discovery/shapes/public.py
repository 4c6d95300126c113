"""The State's design system, prefectures, SPIP and TYPO3 sites, a bank of aids."""

# ruff: noqa: E501 - markup as sites write it

from tests.crawl.discovery.shapes.shape import Shape, each, expected, long, page, short, things

STATE = "https://www.exemple.gouv.fr"


def _dsfr_cards() -> Shape:
    found = things(9)
    rows = each(
        found,
        lambda one: (
            f"""<div class="fr-col-12 fr-col-md-4"><div class="fr-card fr-enlarge-link fr-card--sm"><div class="fr-card__body"><div class="fr-card__content">
<h3 class="fr-card__title"><a href="/appels/{one.slug}">{one.title}</a></h3><p class="fr-card__desc">{one.lead}</p>
<div class="fr-card__start"><ul class="fr-badges-group"><li><p class="fr-badge {"fr-badge--success" if one.number % 2 else "fr-badge--info"}">{"Ouvert" if one.number % 2 else "Bientôt clos"}</p></li></ul>
<p class="fr-card__detail fr-icon-calendar-line">Publié le {long(one.published)}</p></div>
<div class="fr-card__end"><p class="fr-card__detail">Date limite de dépôt : {long(one.until)}</p></div></div></div>
<div class="fr-card__header"><div class="fr-card__img"><img class="fr-responsive-img" src="a.jpg" alt=""></div></div></div></div>"""
        ),
    )
    pages = """<nav role="navigation" class="fr-pagination" aria-label="Pagination"><ul class="fr-pagination__list"><li><a class="fr-pagination__link fr-pagination__link--first" aria-disabled="true" role="link">Première page</a></li>
<li><a class="fr-pagination__link" aria-current="page" title="Page 1">1</a></li><li><a class="fr-pagination__link" href="?page=2" title="Page 2">2</a></li>
<li><a class="fr-pagination__link fr-pagination__link--next fr-pagination__link--lg-label" href="?page=2">Page suivante</a></li>
<li><a class="fr-pagination__link fr-pagination__link--last" href="?page=7">Dernière page</a></li></ul></nav>"""
    body = f'<main id="contenu" role="main"><div class="fr-container"><h1>Appels à projets</h1><div class="fr-grid-row fr-grid-row--gutters">{rows}</div>{pages}</div></main>'
    return Shape(
        "dsfr-cards", f"{STATE}/appels", page(body),
        expected(found, lambda one: f"/appels/{one.slug}", dated=True, until=True), "/appels?page=2",
    )  # fmt: skip


def _dsfr_tiles_empty_link() -> Shape:
    """Titles beside an empty link that covers the card."""
    found = things(6)
    rows = each(
        found,
        lambda one: (
            f"""<li class="fr-mb-3w"><div class="fr-card fr-enlarge-link fr-card--horizontal"><div class="fr-card__body"><div class="fr-card__content">
<h4 class="fr-card__title">{one.title}<a href="/dispositifs/{one.number}-{one.slug}"></a></h4><p class="fr-card__desc">{one.lead}</p></div></div></div></li>"""
        ),
    )
    body = f'<main><h1>Dispositifs</h1><ul class="fr-raw-list">{rows}</ul></main>'
    return Shape(
        "dsfr-empty-link", f"{STATE}/dispositifs", page(body, title="Dispositifs de soutien"),
        expected(found, lambda one: f"/dispositifs/{one.number}-{one.slug}"),
    )  # fmt: skip


def _dsfr_accordions() -> Shape:
    """Calls in accordions: the title is a button, the link stands in what opens."""
    found = things(5)
    rows = each(
        found,
        lambda one: (
            f"""<section class="fr-accordion"><h3 class="fr-accordion__title"><button class="fr-accordion__btn" aria-expanded="false" aria-controls="accordion-{one.number}">{one.title}</button></h3>
<div class="fr-collapse" id="accordion-{one.number}"><p>{one.lead}</p><p><strong>Clôture :</strong> {long(one.until)}</p>
<p><a class="fr-link" href="/cahier-des-charges/{one.slug}">Consulter le cahier des charges</a></p></div></section>"""
        ),
    )
    body = f'<main><h1>Appels en cours</h1><div class="fr-accordions-group">{rows}</div></main>'
    return Shape(
        "dsfr-accordions", f"{STATE}/appels-en-cours", page(body, title="Appels en cours"),
        expected(found, lambda one: f"/cahier-des-charges/{one.slug}", until=True),
    )  # fmt: skip


def _prefecture() -> Shape:
    found = things(10)
    rows = each(
        found,
        lambda one: (
            f"""<div class="fr-card fr-card--horizontal fr-card--horizontal-tier"><div class="fr-card__body"><div class="fr-card__content">
<h2 class="fr-card__title"><a class="fr-card__link" href="/Actualites/Appels-a-projets/{one.slug}" target="_self">{one.title}</a></h2>
<p class="fr-card__desc">{one.lead}</p><div class="fr-card__end"><span class="fr-card__detail">Mis à jour le {short(one.published)}</span></div></div></div></div>"""
        ),
    )
    pages = """<div class="fr-pagination"><ul><li><a aria-current="page" title="Page courante">1</a></li><li><a href="/Actualites/Appels-a-projets/(offset)/10">2</a></li>
<li><a class="suivant" href="/Actualites/Appels-a-projets/(offset)/10">Page suivante</a></li></ul></div>"""
    related = '<div class="bloc-a-lire-aussi"><h2>À lire aussi</h2>' + each(
        things(4, first=25), lambda one: f'<div class="fr-card"><h3 class="fr-card__title"><a class="fr-card__link" href="/Services/{one.slug}">{one.title}</a></h3></div>'
    ) + "</div>"  # fmt: skip
    body = f'<main id="main"><h1>Appels à projets</h1><div class="list-lines">{rows}</div>{pages}{related}</main>'
    return Shape(
        "prefecture", "https://www.exemple-prefecture.gouv.fr/Actualites/Appels-a-projets", page(body),
        expected(found, lambda one: f"/Actualites/Appels-a-projets/{one.slug}", dated=True),
        "/Actualites/Appels-a-projets/(offset)/10",
    )  # fmt: skip


def _spip() -> Shape:
    found = things(10)
    rows = each(
        found,
        lambda one: (
            f"""<li class="item hentry" itemscope><h3 class="h3 entry-title"><a href="{one.slug}" rel="bookmark">{one.title}</a></h3>
<p class="info-publi"><abbr class="published" title="{one.published}T08:00:00Z">{long(one.published)}</abbr><span class="sep">, </span><span class="auteurs">par <span class="vcard author"><a class="url fn spip_in" href="_Redaction_">Rédaction</a></span></span></p>
<div class="introduction entry-content"><p>{one.lead}&nbsp;(...)</p></div></li>"""
        ),
    )
    pages = """<p class="pagination"><span class="pages"><strong class="on">0</strong><span class="sep"> | </span><a href="-Appels-?debut_articles=10#pagination_articles" class="lien_pagination" rel="nofollow">10</a></span>
<span class="next"><a href="-Appels-?debut_articles=10#pagination_articles" class="lien_pagination" title="Page suivante">&gt;</a></span></p>"""
    side = '<div class="aside"><div class="menu rubriques"><h2>Rubriques</h2><ul class="menu-items">' + "".join(
        f'<li class="menu-entree"><a href="-Rubrique-{number}-">Rubrique numéro {number} du site</a></li>' for number in range(6)
    ) + "</ul></div></div>"  # fmt: skip
    body = f'<div class="main"><div class="content" id="content"><h1 class="crayon titre">Appels</h1><div class="liste long articles"><ul class="liste-items">{rows}</ul>{pages}</div></div>{side}</div>'
    return Shape(
        "spip", "https://www.spip.exemple/-Appels-", page(body, head='<meta name="generator" content="SPIP 4.3.1">'),
        expected(found, lambda one: f"/{one.slug}", dated=True), "/-Appels-?debut_articles=10#pagination_articles",
    )  # fmt: skip


def _spip_whole_links() -> Shape:
    """A SPIP site whose items are links as a whole, with two dates named by class only."""
    found = things(7)
    rows = each(
        found,
        lambda one: (
            f"""<a class="lien_article mod" href="{one.slug}"><span class="titre">{one.title}</span><span class="introduction">{one.lead}</span>
<div class="date">Publié le {long(one.published)}</div><div class="date2">Date limite : {long(one.until)}</div></a>"""
        ),
    )
    body = (
        f'<div id="contenu"><h1>Appels à projets et à manifestation d’intérêt</h1><div class="liste">{rows}</div></div>'
    )
    return Shape(
        "spip-whole-links", "https://ressources.exemple/Appels-a-projets", page(body),
        expected(found, lambda one: f"/{one.slug}", dated=True, until=True),
    )  # fmt: skip


def _typo3() -> Shape:
    found = things(8)
    rows = each(
        found,
        lambda one: (
            f"""<div class="article articletype-0" itemscope="itemscope" itemtype="http://schema.org/Article"><div class="row"><div class="col-sm-3"><a title="{one.title}" href="/actualites/detail/{one.slug}"><img alt="" src="/fileadmin/a.jpg"></a></div>
<div class="col-sm-9"><div class="header"><h3><a title="{one.title}" href="/actualites/detail/{one.slug}"><span itemprop="headline">{one.title}</span></a></h3></div>
<div class="teaser-text"><div itemprop="description"><p>{one.lead}</p></div><a class="more" title="{one.title}" href="/actualites/detail/{one.slug}">En savoir plus</a></div>
<div class="footer"><p><span class="news-list-date"><time itemprop="datePublished" datetime="{one.published}">{short(one.published, ".")}</time></span></p></div></div></div></div>"""
        ),
    )
    pages = '<div class="page-navigation"><p>Page 1 sur 4.</p><ul class="f3-widget-paginator"><li class="current">1</li><li><a href="/actualites/page-2">2</a></li><li class="next"><a href="/actualites/page-2">Suivant</a></li></ul></div>'
    body = f'<div id="main-content"><h1>Actualités</h1><div class="news"><div class="news-list-view" id="news-container-112">{rows}{pages}</div></div></div>'
    return Shape(
        "typo3-news", "https://universite.exemple/actualites", page(body, title="Actualités"),
        expected(found, lambda one: f"/actualites/detail/{one.slug}", dated=True), "/actualites/page-2",
    )  # fmt: skip


def _bank() -> Shape:
    """Cards of a public bank: a period as a range, the first one set apart."""
    found = things(9)

    def card(one, more=""):
        return f"""<div class="article-card card-our-project md-card {more}"><div class="card-img"><img src="/sites/a.png" alt=""></div><div class="desc-block">
<span class="card-type">Appel à projets</span><h3><a href="/nos-appels-a-projets-concours/{one.slug}">{one.title}</a></h3><p>{one.lead}</p>
<span class="card-date">{short(one.published)} au {short(one.until)}</span></div></div>"""

    rows = card(found[0], "card-large") + each(found[1:], card)
    more = '<ul class="js-pager__items pager"><li class="pager__item"><a class="button" href="?page=1" title="Charger plus d’éléments" rel="next">Voir plus</a></li></ul>'
    body = f'<div class="page-content"><h1>Nos appels à projets et concours</h1><div class="list-our-projects"><div class="views-infinite-scroll-content-wrapper">{rows}</div>{more}</div></div>'
    return Shape(
        "bank-cards-period", "https://banque.exemple/nos-appels-a-projets-concours", page(body),
        expected(found, lambda one: f"/nos-appels-a-projets-concours/{one.slug}", until=True),
        "/nos-appels-a-projets-concours?page=1",
    )  # fmt: skip


SHAPES = (
    _dsfr_cards(), _dsfr_tiles_empty_link(), _dsfr_accordions(), _prefecture(), _spip(), _spip_whole_links(), _typo3(), _bank(),
)  # fmt: skip
