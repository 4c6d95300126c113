"""Shapes written after the detection was worked out on the others, and run once before anything was changed for them."""

# ruff: noqa: E501 - markup as sites write it

from tests.crawl.discovery.shapes.shape import Shape, Thing, each, expected, long, month, page, short, things

HOST = "https://portail.exemple"


def _europa() -> Shape:
    found = things(10)
    rows = each(
        found,
        lambda one: (
            f"""<div class="ecl-content-item-block__item"><article class="ecl-content-item"><div class="ecl-content-block ecl-content-item__content-block" data-ecl-title-link>
<ul class="ecl-content-block__primary-meta-container"><li class="ecl-content-block__primary-meta-item">Call for proposals</li><li class="ecl-content-block__primary-meta-item"><time datetime="{one.published}T10:00:00Z">{one.published.day} {one.published:%B %Y}</time></li></ul>
<div class="ecl-content-block__title"><a href="/news/{one.slug}_en" class="ecl-link">{one.title}</a></div><div class="ecl-content-block__description"><p>{one.lead}</p></div></div></article></div>"""
        ),
    )
    pages = '<nav class="ecl-pagination" aria-label="Pagination"><ul class="ecl-pagination__list"><li class="ecl-pagination__item ecl-pagination__item--current"><span>1</span></li><li class="ecl-pagination__item"><a class="ecl-link" href="/news_en?page=1">2</a></li><li class="ecl-pagination__item ecl-pagination__item--next"><a href="/news_en?page=1" class="ecl-link" aria-label="Go to next page">Next</a></li></ul></nav>'
    body = f'<main class="ecl-container" id="main-content"><h1>News</h1><div class="ecl-content-item-block">{rows}</div>{pages}</main>'
    return Shape(
        "europa",
        f"{HOST}/news_en",
        page(body, title="News"),
        expected(found, lambda one: f"/news/{one.slug}_en", dated=True),
        "/news_en?page=1",
    )


def _joomla() -> Shape:
    found = things(8)

    def item(one: Thing) -> str:
        return f"""<div class="item column-1" itemprop="blogPost" itemscope itemtype="https://schema.org/BlogPosting"><div class="page-header"><h2 itemprop="name"><a href="/index.php/actualites/{one.number}-{one.slug}" itemprop="url">{one.title}</a></h2></div>
<dl class="article-info muted"><dt class="article-info-term">Détails</dt><dd class="category-name">Catégorie : <a href="/index.php/actualites" itemprop="genre">Actualités</a></dd><dd class="published"><time datetime="{one.published}T09:00:00+01:00" itemprop="datePublished">Publication : {long(one.published)}</time></dd></dl>
<p>{one.lead}</p><p class="readmore"><a class="btn" href="/index.php/actualites/{one.number}-{one.slug}">Lire la suite : {one.title}</a></p></div>"""

    rows = f'<div class="items-leading"><div class="leading-0">{item(found[0])}</div></div>' + "".join(
        f'<div class="items-row cols-2 row-{start} row-fluid">{"".join(f"<div class=span6>{item(one)}</div>" for one in found[start : start + 2])}</div>'
        for start in range(1, len(found), 2)
    )
    pages = '<div class="pagination"><ul class="pagination-list"><li><span class="pagenav">1</span></li><li><a href="/index.php/actualites?start=8" class="pagenav">2</a></li><li><a title="Suivant" href="/index.php/actualites?start=8" class="hasTooltip pagenav">Suivant</a></li></ul></div>'
    body = f'<main id="content"><div class="blog" itemscope itemtype="https://schema.org/Blog"><h1>Actualités</h1>{rows}{pages}</div></main>'
    return Shape(
        "joomla-blog",
        f"{HOST}/index.php/actualites",
        page(body, title="Actualités"),
        expected(found, lambda one: f"/index.php/actualites/{one.number}-{one.slug}", dated=True),
        "/index.php/actualites?start=8",
    )


def _tenders() -> Shape:
    """A buyer's platform: dates in pieces, references, a form around all."""
    found = things(10)
    rows = each(
        found,
        lambda one: (
            f"""<div class="item_consultation row"><div class="date date-min"><div class="m-t-1"><span class="day">{one.published.day:02}</span> <span class="month">{month(one.published)}</span> <span class="year">{one.published.year}</span></div></div>
<div class="cons_ref"><div class="small">Réf. 2026-{one.number:04}</div><div class="objet-line"><strong>Objet :</strong> <a href="/?page=Entreprise.EntrepriseDetailsConsultation&amp;id={90000 + one.number}">{one.title}</a></div><div class="organisme">Ville d’Exempleville</div></div>
<div class="cloture-line"><label>Date limite de remise des plis</label><div class="day-month"><span class="day">{one.until.day:02}</span> <span class="month">{month(one.until)}</span> <span class="year">{one.until.year}</span></div><span class="time">12:00</span></div></div>"""
        ),
    )
    body = f'<form id="ctl0_ctl1" method="post" action="/"><div class="main-part"><h1>Recherche de consultations</h1><div class="panel">{rows}</div></div></form>'
    return Shape(
        "tenders-platform",
        f"{HOST}/?page=Entreprise.EntrepriseAdvancedSearch&AllCons",
        page(body, title="Consultations"),
        expected(
            found,
            lambda one: f"/?page=Entreprise.EntrepriseDetailsConsultation&id={90000 + one.number}",
            dated=True,
            until=True,
        ),
    )


def _aids_with_terms() -> Shape:
    """Cards of aids whose facts are a list of terms."""
    found = things(9)
    rows = each(
        found,
        lambda one: (
            f"""<li class="resultat"><h2 class="resultat__titre"><a href="/guide-des-aides/{one.slug}">{one.title}</a></h2><p class="resultat__chapo">{one.lead}</p>
<dl class="resultat__infos"><dt>Bénéficiaires</dt><dd>Entreprises, associations</dd><dt>Ouverture</dt><dd>{long(one.published)}</dd><dt>Date de clôture</dt><dd>{long(one.until)}</dd></dl></li>"""
        ),
    )
    filters = '<form class="filtres"><ul><li><a href="?theme=1">Économie et emploi</a></li><li><a href="?theme=2">Culture et sport</a></li><li><a href="?theme=3">Agriculture et forêt</a></li></ul></form>'
    body = f'<main><h1>Guide des aides</h1>{filters}<ul class="resultats">{rows}</ul><a class="suivant" href="/guide-des-aides?page=2">Aides suivantes</a></main>'
    return Shape(
        "aids-with-terms",
        f"{HOST}/guide-des-aides",
        page(body, title="Guide des aides"),
        expected(found, lambda one: f"/guide-des-aides/{one.slug}", until=True),
        "/guide-des-aides?page=2",
    )


def _paragraphs() -> Shape:
    """Paragraphs written one below the other in an editor: link in bold, a line break, a date in words."""
    found = things(7)
    rows = each(
        found,
        lambda one: (
            f'<p><strong><a href="/IMG/pdf/{one.slug}.pdf">{one.title}</a></strong><br>Réponse attendue au plus tard le {long(one.until)}<br>{one.lead}</p>'
        ),
    )
    body = f'<div class="texte"><h1>Appels à manifestation d’intérêt</h1><p>Vous trouverez ici les appels en cours.</p>{rows}</div>'
    return Shape(
        "paragraphs", f"{HOST}/ami", page(body), expected(found, lambda one: f"/IMG/pdf/{one.slug}.pdf", until=True)
    )


def _no_class() -> Shape:
    found = things(8)
    rows = each(
        found,
        lambda one: (
            f'<div><div><a href="/p/{one.slug}"><img src="i.png" alt=""></a></div><div><span>{short(one.published)}</span><h4>{one.title}</h4><span>{one.lead}</span><a href="/p/{one.slug}">Voir</a></div></div>'
        ),
    )
    body = f"<div><div><h1>Projets</h1></div><div>{rows}</div></div>"
    return Shape(
        "no-class-at-all",
        f"{HOST}/p",
        page(body, title="Projets"),
        expected(found, lambda one: f"/p/{one.slug}", dated=True),
    )


def _layout_tables() -> Shape:
    """A page of the nineties: tables within tables, fonts, a small arrow as picture."""
    found = things(6)
    rows = each(
        found,
        lambda one: (
            f'<tr valign="top"><td width="12"><img src="fleche.gif"></td><td><font face="Arial" size="2"><a href="news{one.number}.htm"><b>{one.title}</b></a> <i>({short(one.published)})</i><br>{one.lead}</font></td></tr><tr><td colspan="2" height="8"></td></tr>'
        ),
    )
    body = f'<table width="780"><tr><td width="150"><a href="a.htm">Accueil</a><br><a href="b.htm">Adhérer</a><br><a href="c.htm">Annuaire</a></td><td><h1>Nouvelles du syndicat</h1><table cellpadding="2">{rows}</table></td></tr></table>'
    return Shape(
        "layout-tables",
        f"{HOST}/syndicat/news.htm",
        page(body, title="Nouvelles"),
        expected(found, lambda one: f"/syndicat/news{one.number}.htm", dated=True),
    )


def _wix() -> Shape:
    found = things(9)
    rows = each(
        found,
        lambda one: (
            f'<div class="gallery-item-container item-container-regular" data-hook="item-container"><article class="pu51Xe TBrkhx" data-hook="post-list-item"><a class="O16KGI pu51Xe mqysW5" href="{HOST}/post/{one.slug}" data-hook="post-list-item__image"><img alt=""></a><div class="s5VL3s"><span class="NfzEDk" title="{long(one.published)}" data-hook="time-ago">{long(one.published)}</span><a class="O16KGI" href="{HOST}/post/{one.slug}" data-hook="post-list-item__title"><h2 class="bD0vt9 KNiaIk"><p>{one.title}</p></h2></a><div class="BOlnTh">{one.lead}</div></div></article></div>'
        ),
    )
    body = f'<div id="SITE_CONTAINER"><main id="PAGES_CONTAINER"><div class="comp-k3x9"><h1>Blog</h1><div class="pro-gallery">{rows}</div></div></main></div>'
    return Shape(
        "site-builder-hashes",
        f"{HOST}/blog",
        page(body, title="Blog"),
        expected(found, lambda one: f"/post/{one.slug}", dated=True),
    )


def _bootstrap_accordion() -> Shape:
    """Accordion items with two documents each: the first is the call."""
    found = things(6)
    rows = each(
        found,
        lambda one: (
            f'<div class="accordion-item"><h2 class="accordion-header" id="h{one.number}"><button class="accordion-button collapsed" data-bs-target="#c{one.number}">{one.title}</button></h2><div id="c{one.number}" class="accordion-collapse collapse"><div class="accordion-body"><p>{one.lead}</p><p>Date limite : <b>{short(one.until)}</b></p><ul><li><a href="/media/reglement-{one.slug}.pdf">Règlement</a></li><li><a href="/media/dossier-{one.slug}.docx">Dossier</a></li></ul></div></div></div>'
        ),
    )
    body = f'<main><h1>Nos appels à projets</h1><div class="accordion" id="acc">{rows}</div></main>'
    return Shape(
        "bootstrap-accordion",
        f"{HOST}/nos-appels",
        page(body),
        expected(found, lambda one: f"/media/reglement-{one.slug}.pdf", until=True),
    )


def _headline_and_list() -> Shape:
    """A headline in its own shape and a carousel of it, then the list that holds it again."""
    found = things(9)
    top = (
        f'<section class="a-la-une"><div class="une"><a href="/actus/{found[0].slug}"><h2>{found[0].title}</h2></a></div></section><div class="swiper carousel">'
        + each(
            found[:4],
            lambda one: (
                f'<div class="swiper-slide"><a href="/actus/{one.slug}"><h3 class="slide-title">{one.title}</h3></a></div>'
            ),
        )
        + "</div>"
    )
    rows = each(
        found,
        lambda one: (
            f'<div class="news-item"><div class="news-item__meta"><span class="news-item__date">{short(one.published, ".")}</span><span class="news-item__tag">Filière</span></div><a class="news-item__link" href="/actus/{one.slug}"><h3 class="news-item__title">{one.title}</h3></a></div>'
        ),
    )
    body = f'<main>{top}<section><h2>Toutes les actualités</h2><div class="news-list">{rows}</div><div class="news-list__more"><a href="/actus?p=2" class="btn">Plus d’actualités</a></div></section></main>'
    return Shape(
        "headline-carousel-list",
        f"{HOST}/actus",
        page(body, title="Actualités"),
        expected(found, lambda one: f"/actus/{one.slug}", dated=True),
    )


def _liferay() -> Shape:
    found = things(7)
    rows = each(
        found,
        lambda one: (
            f'<div class="asset-abstract {"default-asset-publisher"}"><h4 class="asset-title"><a href="/web/guest/-/{one.slug}?redirect=%2Factualites">{one.title}</a></h4><div class="asset-content"><div class="asset-summary">{one.lead}</div><div class="asset-more"><a href="/web/guest/-/{one.slug}?redirect=%2Factualites">Lire plus<span class="hide-accessible"> A propos {one.title}</span> »</a></div></div><div class="asset-metadata"><span class="metadata-entry metadata-publish-date">{short(one.published)}</span></div></div>'
        ),
    )
    body = f'<section id="content"><div class="portlet-body"><h1>Actualités</h1>{rows}<div class="taglib-page-iterator"><ul class="lfr-pagination-buttons pager"><li class="disabled"><a href="javascript:;">← Premier</a></li><li><a href="/actualites?p_p_id=101&amp;cur=2">Suivant →</a></li></ul></div></div></section>'
    return Shape(
        "liferay",
        f"{HOST}/actualites",
        page(body, title="Actualités"),
        expected(found, lambda one: f"/web/guest/-/{one.slug}?redirect=%2Factualites", dated=True),
        "/actualites?p_p_id=101&cur=2",
    )


def _events() -> Shape:
    """An agenda of periods: what is told is the first day."""
    found = things(8)
    rows = each(
        found,
        lambda one: (
            f'<article class="event-card"><div class="event-card__when">Du {long(one.published)} au {long(one.until)}</div><h3 class="event-card__name"><a href="/agenda/{one.slug}">{one.title}</a></h3><p class="event-card__where">Exempleville (63)</p></article>'
        ),
    )
    body = f'<main><h1>Salons et rencontres</h1><div class="agenda-liste">{rows}</div></main>'
    return Shape(
        "agenda-of-periods",
        f"{HOST}/agenda",
        page(body, title="Agenda"),
        expected(found, lambda one: f"/agenda/{one.slug}", dated=True),
    )


def _tiles() -> Shape:
    found = things(12)
    rows = each(
        found,
        lambda one: (
            f'<div class="fr-col-12 fr-col-sm-6"><div class="fr-tile fr-enlarge-link" id="tile-{one.number}"><div class="fr-tile__body"><div class="fr-tile__content"><h3 class="fr-tile__title"><a href="/publications/{one.slug}">{one.title}</a></h3><p class="fr-tile__detail">{short(one.published)}</p></div></div></div></div>'
        ),
    )
    body = f'<main role="main" id="content"><h1 class="fr-h1">Publications</h1><div class="fr-grid-row fr-grid-row--gutters">{rows}</div></main>'
    return Shape(
        "dsfr-tiles",
        f"{HOST}/publications",
        page(body, title="Publications"),
        expected(found, lambda one: f"/publications/{one.slug}", dated=True),
    )


def _flat_no_wrapper() -> Shape:
    """An old news plug-in: everything of every entry stands side by side."""
    found = things(6)
    rows = each(
        found,
        lambda one: (
            f'<span class="news-list-date">{short(one.published)}</span><h2><a href="/aktu/{one.slug}.html" title="{one.title}">{one.title}</a></h2><p class="bodytext">{one.lead}</p><div class="news-list-morelink"><a href="/aktu/{one.slug}.html">[plus]</a></div><hr class="clearer">'
        ),
    )
    body = f'<div id="col2"><h1>En bref</h1><div class="news-list-container">{rows}</div></div>'
    return Shape(
        "flat-date-before",
        f"{HOST}/aktu.html",
        page(body, title="En bref"),
        expected(found, lambda one: f"/aktu/{one.slug}.html", dated=True),
    )


def _long_list_with_letters() -> Shape:
    """A catalogue without dates under letters, after a menu of the same letters."""
    found = sorted(things(12), key=lambda one: one.title)
    letters = sorted({one.title[0] for one in found})
    menu = "<ul class='lettres'>" + "".join(f"<li><a href='#{one}'>{one}</a></li>" for one in letters) + "</ul>"
    groups = "".join(
        f"<section id='{letter}'><h2>{letter}</h2><ul class='dispositifs'>"
        + each(
            [one for one in found if one.title[0] == letter],
            lambda one: (
                f"<li><a class='dispositif' href='/dispositifs/{one.slug}'><strong>{one.title}</strong><span>{one.lead}</span></a></li>"
            ),
        )
        + "</ul></section>"
        for letter in letters
    )
    body = f"<main><h1>Tous les dispositifs</h1>{menu}{groups}</main>"
    return Shape(
        "catalogue-by-letter",
        f"{HOST}/dispositifs",
        page(body, title="Dispositifs"),
        expected(found, lambda one: f"/dispositifs/{one.slug}"),
    )


def _three_columns() -> Shape:
    """A table of calls: opening, closing, and the word « permanent » where there is no end."""
    found = things(8)
    rows = each(
        found,
        lambda one: (
            f'<tr><th scope="row"><a href="/fr/aap/{one.number}">{one.title}</a></th><td>{short(one.published)}</td><td>{"Permanent" if one.number == 3 else short(one.until)}</td><td><a class="btn btn-sm" href="/candidater/{one.number}">Candidater</a></td></tr>'
        ),
    )
    body = f'<div class="contenu"><h1>Appels à projets</h1><table class="table"><thead><tr><th>Titre</th><th>Date d’ouverture</th><th>Date de fin</th><th></th></tr></thead><tbody>{rows}</tbody></table></div>'
    shown = tuple(
        type(entry)(entry.title, entry.link, None, None if one.number == 3 else entry.deadline)
        for entry, one in zip(expected(found, lambda one: f"/fr/aap/{one.number}", until=True), found, strict=True)
    )
    return Shape("table-open-close-permanent", f"{HOST}/fr/aap", page(body), shown)


SHAPES = (
    _europa(), _joomla(), _tenders(), _aids_with_terms(), _paragraphs(), _no_class(), _layout_tables(), _wix(), _bootstrap_accordion(),
    _headline_and_list(), _liferay(), _events(), _tiles(), _flat_no_wrapper(), _long_list_with_letters(), _three_columns(),
)  # fmt: skip
