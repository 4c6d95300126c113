"""A last set of shapes, run once when all else was done: how the detection fares on what it has never met."""

# ruff: noqa: E501 - markup as sites write it

from tests.crawl.discovery.shapes.shape import Entry, Shape, Thing, each, expected, long, month, page, short, things

HOST = "https://neuf.exemple"


def _cluster_site() -> Shape:
    """A cluster's news: masonry cards, a category badge that is a link, an author, a share button in each."""
    found = things(9)
    rows = each(
        found,
        lambda one: (
            f'<div class="grid-item filter-{one.number % 3} isotope-item"><article class="blog-card"><div class="blog-card__image"><a href="/blog/{one.slug}"><img src="a.jpg" alt="{one.title}"></a><a class="badge-cat" href="/blog/categorie/{one.number % 3}">Innovation</a></div><div class="blog-card__content"><ul class="meta"><li><i class="icon-user"></i>Par Équipe</li><li><i class="icon-calendar"></i>{one.published.day} {month(one.published)} {one.published.year}</li></ul><h4><a href="/blog/{one.slug}">{one.title}</a></h4><p>{one.lead}…</p><a class="read-more" href="/blog/{one.slug}">Lire l’article <i></i></a><a class="share-btn" href="https://www.linkedin.com/share?u=x">Partager</a></div></article></div>'
        ),
    )
    body = f'<section class="blog-area"><div class="container"><div class="section-title"><h1>Le blog du pôle</h1></div><div class="row grid">{rows}</div><ul class="page-pagination"><li class="active"><a href="#">1</a></li><li><a href="/blog/page/2">2</a></li><li><a class="next" href="/blog/page/2"><i class="icon-arrow"></i></a></li></ul></div></section>'
    return Shape(
        "cluster-blog",
        f"{HOST}/blog",
        page(body, title="Le blog"),
        expected(found, lambda one: f"/blog/{one.slug}", dated=True),
        "/blog/page/2",
    )


def _agency_calls() -> Shape:
    """An agency's calls: status, target, budget, opening and closing in a line of facts."""
    found = things(7)
    rows = each(
        found,
        lambda one: (
            f'<li class="call-list__item"><a class="call" href="/appels/{one.slug}"><div class="call__head"><span class="call__status call__status--open">En cours</span><h2 class="call__title">{one.title}</h2></div><p class="call__intro">{one.lead}</p><dl class="call__facts"><div><dt>Cible</dt><dd>PME et ETI</dd></div><div><dt>Date d’ouverture</dt><dd>{short(one.published)}</dd></div><div><dt>Date de fermeture</dt><dd>{short(one.until)}</dd></div></dl></a></li>'
        ),
    )
    return Shape(
        "agency-calls",
        f"{HOST}/appels",
        page(f'<main id="main"><h1>Appels à projets</h1><ul class="call-list">{rows}</ul></main>'),
        expected(found, lambda one: f"/appels/{one.slug}", until=True),
    )


def _bulletin() -> Shape:
    """An official bulletin: numbered acts, the date in the title's line after a dash, PDF links."""
    found = things(10)
    rows = each(
        found,
        lambda one: (
            f'<tr><td>N° {one.number}</td><td>{short(one.published)}</td><td><a href="/bulletin/acte-{one.number}.pdf" target="_blank">{one.title}</a><br><span>{one.lead}</span></td><td>{300 + one.number} ko</td></tr>'
        ),
    )
    return Shape(
        "bulletin-of-acts",
        f"{HOST}/bulletin",
        page(
            f'<div class="corps"><h1>Bulletin officiel</h1><table class="tableau"><caption>Actes publiés</caption><thead><tr><th>Numéro</th><th>Date</th><th>Objet</th><th>Taille</th></tr></thead><tbody>{rows}</tbody></table></div>',
            title="Bulletin officiel",
        ),
        expected(found, lambda one: f"/bulletin/acte-{one.number}.pdf", dated=True),
    )


def _association() -> Shape:
    """A federation's page: alternating blocks, left and right, without a wrapper class in common."""
    found = things(6)
    rows = each(
        found,
        lambda one: (
            f'<section class="bloc-{"gauche" if one.number % 2 else "droite"}"><div class="bloc-image"><img src="i.jpg" alt=""></div><div class="bloc-texte"><h2>{one.title}</h2><p>{one.lead}</p><p class="bloc-date">Inscriptions ouvertes jusqu’au {long(one.until)}</p><a class="bouton" href="/inscription/{one.slug}">Je m’inscris</a></div></section>'
        ),
    )
    return Shape(
        "alternating-blocks",
        f"{HOST}/formations",
        page(f"<main><h1>Nos formations</h1>{rows}</main>", title="Nos formations"),
        expected(found, lambda one: f"/inscription/{one.slug}", until=True),
    )


def _tabs() -> Shape:
    """Three tabs, of which one holds the list, one the archive, one contacts."""
    found, old = things(8), things(9, first=40)

    def row(one: Thing) -> str:
        return f'<div class="aap-item"><h3 class="aap-item-title"><a href="/aap/{one.slug}">{one.title}</a></h3><div class="aap-item-deadline">Échéance : {long(one.until)}</div></div>'

    tabs = (
        '<ul class="nav nav-tabs"><li><a href="#actifs">Actifs</a></li><li><a href="#archives">Archives</a></li></ul>'
    )
    body = f'<main><h1>Appels à projets</h1>{tabs}<div class="tab-content"><div class="tab-pane active" id="actifs">{each(found, row)}</div><div class="tab-pane" id="archives">{each(old, row)}</div></div></main>'
    return Shape(
        "tabs-with-archive", f"{HOST}/aap", page(body), expected(found, lambda one: f"/aap/{one.slug}", until=True)
    )


def _magazine() -> Shape:
    """A trade magazine: a kicker, a headline in a span inside the link, ago-words for the newest, dates for the others."""
    found = things(11)
    rows = each(
        found,
        lambda one: (
            f'<article class="teaser teaser--s"><a class="teaser__inner" href="/article/{one.slug}.{70000 + one.number}"><picture><img src="m.webp" alt=""></picture><div class="teaser__txt"><span class="teaser__kicker">Agroalimentaire</span><span class="teaser__headline">{one.title}</span><span class="teaser__time">{"Il y a 2 heures" if one.number == 1 else short(one.published)}</span></div></a></article>'
        ),
    )
    shown = tuple(
        Entry(one.title, one.link, None if place == 0 else one.date)
        for place, one in enumerate(
            expected(found, lambda one: f"/article/{one.slug}.{70000 + one.number}", dated=True)
        )
    )
    return Shape(
        "magazine-teasers",
        f"{HOST}/filieres/agro",
        page(
            f'<div id="main-content"><h1>Agro</h1><div class="teasers">{rows}</div><a class="pagination__next" href="/filieres/agro?page=2">Page suivante</a></div>',
            title="Agro",
        ),
        shown,
        "/filieres/agro?page=2",
    )


def _sharepoint() -> Shape:
    found = things(8)
    rows = each(
        found,
        lambda one: (
            f'<tr class="ms-itmhover {"ms-alternating" if one.number % 2 else ""}" id="1,{one.number},0"><td class="ms-vb-title"><div class="ms-vb itx"><a class="ms-listlink" href="/Lists/Avis/DispForm.aspx?ID={one.number}">{one.title}</a></div></td><td class="ms-vb2"><nobr>{short(one.published)}</nobr></td><td class="ms-vb2"><nobr>{short(one.until)}</nobr></td></tr>'
        ),
    )
    heads = '<tr class="ms-viewheadertr"><th class="ms-vh2">Titre</th><th class="ms-vh2">Publié</th><th class="ms-vh2">Échéance</th></tr>'
    return Shape(
        "sharepoint-list",
        f"{HOST}/avis.aspx",
        page(
            f'<form action="./avis.aspx"><div id="s4-workspace"><h1>Avis</h1><table class="ms-listviewtable"><tbody>{heads}{rows}</tbody></table></div></form>',
            title="Avis",
        ),
        expected(found, lambda one: f"/Lists/Avis/DispForm.aspx?ID={one.number}", dated=True, until=True),
    )


def _europe_topics() -> Shape:
    """English words around the dates."""
    found = things(8)
    rows = each(
        found,
        lambda one: (
            f'<div class="topic"><h3><a href="/topic/{one.number}">{one.title}</a></h3><div class="topic-meta"><span>Opening date: {one.published:%d %B %Y}</span> <span>Deadline date: {one.until:%d %B %Y}</span></div><p>{one.lead}</p></div>'
        ),
    )
    return Shape(
        "english-topics",
        f"{HOST}/topics",
        page(f'<main><h1>Calls for proposals</h1><div class="topics">{rows}</div></main>', title="Calls for proposals"),
        expected(found, lambda one: f"/topic/{one.number}", until=True),
    )


def _intranet_like() -> Shape:
    """Links after a bullet character, parted by line breaks: nothing is wrapped."""
    found = things(9)
    rows = each(
        found, lambda one: f'&bull; <a href="/infos/{one.slug}.html">{one.title}</a> <i>{short(one.published)}</i><br>'
    )
    return Shape(
        "line-breaks",
        f"{HOST}/infos",
        page(f'<div id="texte"><h1>Informations</h1><p>{rows}</p></div>', title="Informations"),
        expected(found, lambda one: f"/infos/{one.slug}.html", dated=True),
    )


def _hub() -> Shape:
    """A list whose entries lead to several partner sites."""
    found = things(8)
    rows = each(
        found,
        lambda one: (
            f'<div class="opportunity"><div class="opportunity-logo"><img src="l.png" alt=""></div><div class="opportunity-main"><a class="opportunity-title" href="https://partenaire-{one.number}.exemple/aap/{one.slug}" target="_blank" rel="noopener">{one.title}</a><div class="opportunity-org">Partenaire n° {one.number}</div><div class="opportunity-dates"><span class="label">Clôture</span> <span class="value">{short(one.until)}</span></div></div></div>'
        ),
    )
    return Shape(
        "hub-of-partners",
        f"{HOST}/opportunites",
        page(
            f'<main><h1>Opportunités de financement</h1><div class="opportunities">{rows}</div></main>',
            title="Opportunités de financement",
        ),
        expected(found, lambda one: f"https://partenaire-{one.number}.exemple/aap/{one.slug}", until=True),
    )


SHAPES = (
    _cluster_site(), _agency_calls(), _bulletin(), _association(), _tabs(), _magazine(), _sharepoint(), _europe_topics(),
    _intranet_like(), _hub(),
)  # fmt: skip
