"""WordPress: archives, blocks, page builders, event calendars."""

# ruff: noqa: E501 - markup as sites write it

from tests.crawl.discovery.shapes.shape import Shape, each, expected, long, month, page, things

SITE = "https://cluster.exemple"


def _archive() -> Shape:
    found = things(10)
    rows = each(
        found,
        lambda one: (
            f"""<article id="post-{4000 + one.number}" class="post-{4000 + one.number} post type-post status-publish format-standard {"has-post-thumbnail " if one.number % 3 else ""}hentry category-{"appels" if one.number % 2 else "veille"}">
<header class="entry-header"><h2 class="entry-title"><a href="{SITE}/{one.slug}/" rel="bookmark">{one.title}</a></h2>
<div class="entry-meta"><span class="posted-on">Publié le <a href="{SITE}/{one.slug}/" rel="bookmark"><time class="entry-date published" datetime="{one.published}T09:12:00+02:00">{long(one.published)}</time><time class="updated" datetime="{one.published}T10:00:00+02:00">{long(one.published)}</time></a></span>
<span class="byline">par <a href="{SITE}/author/admin/">admin</a></span></div></header>
<div class="entry-summary"><p>{one.lead} <a class="more-link" href="{SITE}/{one.slug}/">Lire la suite <span class="screen-reader-text">{one.title}</span></a></p></div></article>"""
        ),
    )
    nav = f'<nav class="navigation posts-navigation"><h2 class="screen-reader-text">Navigation des articles</h2><div class="nav-links"><div class="nav-previous"><a href="{SITE}/category/appels/page/2/">Articles plus anciens</a></div></div></nav>'
    side = '<aside id="secondary" class="widget-area"><section class="widget widget_recent_entries"><h2 class="widget-title">Articles récents</h2><ul>' + each(
        things(5, first=30), lambda one: f'<li><a href="{SITE}/{one.slug}/">{one.title}</a></li>'
    ) + "</ul></section></aside>"  # fmt: skip
    body = f'<div id="content"><main id="main" class="site-main"><h1 class="page-title">Catégorie : Appels</h1>{rows}{nav}</main>{side}</div>'
    return Shape(
        "wordpress-archive", f"{SITE}/category/appels/", page(body, attributes='class="archive category"'),
        expected(found, lambda one: f"/{one.slug}/", dated=True), "/category/appels/page/2/",
    )  # fmt: skip


def _blocks() -> Shape:
    found = things(6)
    rows = each(
        found,
        lambda one: (
            f"""<li class="wp-block-post post-{one.number} post type-actu status-publish has-post-thumbnail hentry"><div class="wp-block-group is-layout-flow">
<figure class="wp-block-post-featured-image"><a href="{SITE}/actu/{one.slug}/"><img src="x.jpg" alt="{one.title}"></a></figure>
<div class="wp-block-post-date"><time datetime="{one.published}T08:00:00+01:00">{long(one.published)}</time></div>
<h3 class="wp-block-post-title"><a href="{SITE}/actu/{one.slug}/" target="_self">{one.title}</a></h3></div></li>"""
        ),
    )
    nav = '<nav class="wp-block-query-pagination"><a href="/actu/?query-1-page=2" class="wp-block-query-pagination-next">Page suivante</a></nav>'
    body = f'<main class="wp-block-group"><h1>Actualités</h1><div class="wp-block-query"><ul class="wp-block-post-template columns-3">{rows}</ul>{nav}</div></main>'
    return Shape(
        "wordpress-blocks", f"{SITE}/actu/", page(body, title="Actualités"),
        expected(found, lambda one: f"/actu/{one.slug}/", dated=True), "/actu/?query-1-page=2",
    )  # fmt: skip


def _elementor() -> Shape:
    """A page builder: nested wrappers, the whole card twice a link, dates without a class of their own."""
    found = things(9)
    rows = each(
        found,
        lambda one: (
            f"""<article class="elementor-post elementor-grid-item post-{one.number} post type-post hentry"><div class="elementor-post__card">
<a class="elementor-post__thumbnail__link" href="{SITE}/{one.slug}/" tabindex="-1"><div class="elementor-post__thumbnail"><img src="a.webp" alt=""></div></a>
<div class="elementor-post__text"><h3 class="elementor-post__title"><a href="{SITE}/{one.slug}/">{one.title}</a></h3>
<div class="elementor-post__excerpt"><p>{one.lead}</p></div><a class="elementor-post__read-more" href="{SITE}/{one.slug}/" aria-label="En savoir plus">En savoir plus »</a></div>
<div class="elementor-post__meta-data"><span class="elementor-post-date">{long(one.published)}</span><span class="elementor-post-avatar">Aucun commentaire</span></div></div></article>"""
        ),
    )
    nav = f'<div class="e-load-more-anchor" data-page="1" data-next-page="{SITE}/actualites/2/"></div>'
    body = f'<div data-elementor-type="wp-page" class="elementor"><section class="elementor-section"><div class="elementor-widget-wrap"><div class="elementor-widget elementor-widget-posts"><div class="elementor-posts-container elementor-grid">{rows}</div>{nav}</div></div></section></div>'
    return Shape(
        "wordpress-elementor", f"{SITE}/actualites/", page(body, title="Nos actualités"),
        expected(found, lambda one: f"/{one.slug}/", dated=True),
    )  # fmt: skip


def _calendar() -> Shape:
    """An events calendar: the day stands in pieces, months head groups of events."""
    found = sorted(things(8), key=lambda one: one.until)
    rows, seen = [], ""
    for one in found:
        head = f"{month(one.until)} {one.until.year}"
        if head != seen:
            rows.append(f'<h2 class="tribe-events-calendar-list__month-separator">{head}</h2>')
            seen = head
        rows.append(f"""<div class="tribe-common-g-row tribe-events-calendar-list__event-row"><div class="tribe-events-calendar-list__event-date-tag">
<span class="weekday">jeu</span> <span class="daynum">{one.until.day}</span></div><article class="tribe-events-calendar-list__event post-{one.number} tribe_events"><div class="details">
<time class="tribe-events-calendar-list__event-datetime" datetime="{one.until}">{one.until.day} {month(one.until)} {one.until.year} @ 9 h 00</time>
<h3 class="tribe-events-calendar-list__event-title"><a class="tribe-events-calendar-list__event-title-link" href="{SITE}/evenement/{one.slug}/" title="{one.title}">{one.title}</a></h3>
<address class="venue">Maison des entreprises, Exempleville</address></div></article></div>""")
    body = f'<main id="main"><h1>Agenda</h1><div class="tribe-events-calendar-list">{"".join(rows)}</div></main>'
    shown = tuple(
        type(entry)(entry.title, entry.link, one.until)
        for entry, one in zip(expected(found, lambda one: f"/evenement/{one.slug}/"), found, strict=True)
    )
    return Shape("wordpress-calendar", f"{SITE}/agenda/", page(body, title="Agenda"), shown)


def _table_of_calls() -> Shape:
    """A page that a person wrote by hand in the editor: a table without a class, a deadline in words."""
    found = things(7)
    rows = each(
        found,
        lambda one: (
            f"""<tr><td><strong>{one.title}</strong><br>{one.lead}</td><td>Région</td><td>{long(one.until)}</td>
<td><a href="https://financeur.exemple/aap/{one.slug}" target="_blank" rel="noopener">En savoir plus</a></td></tr>"""
        ),
    )
    body = f'<div class="entry-content"><h1>Appels à projets en cours</h1><figure class="wp-block-table"><table><thead><tr><th>Appel</th><th>Financeur</th><th>Date limite</th><th>Lien</th></tr></thead><tbody>{rows}</tbody></table></figure></div>'
    return Shape(
        "wordpress-handmade-table", f"{SITE}/appels-a-projets/", page(body),
        expected(found, lambda one: f"https://financeur.exemple/aap/{one.slug}", until=True),
    )  # fmt: skip


SHAPES = (_archive(), _blocks(), _elementor(), _calendar(), _table_of_calls())
