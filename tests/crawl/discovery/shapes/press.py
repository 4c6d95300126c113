"""News sites and modern builds: hashed classes, utility classes, two lists on a page, grouped lists, a list of logos."""

# ruff: noqa: E501 - markup as sites write it

from tests.crawl.discovery.shapes.shape import Shape, each, expected, long, page, short, things

SITE = "https://media.exemple"


def _css_modules() -> Shape:
    found = things(10)
    rows = each(
        found,
        lambda one: (
            f"""<article class="Card_root__x3F9a"><a class="Card_link__Zq81b" href="/articles/{one.slug}"><div class="Card_media__p0Qr1"><img src="a.avif" alt=""></div>
<div class="Card_body__Lm42c"><span class="Card_kicker__aB7d2">Filières</span><h3 class="Card_title__Kd93e">{one.title}</h3><p class="Card_excerpt__Uu5t8">{one.lead}</p>
<time class="Card_date__Xy12f" datetime="{one.published}T06:30:00.000Z">{long(one.published)}</time></div></a></article>"""
        ),
    )
    body = f'<div id="__next"><div class="Layout_main__q9W3e"><h1 class="Title_h1__a1B2c">Toute l’actualité</h1><div class="Grid_grid__w8Rt2">{rows}</div><div class="Pager_wrap__t6Y7u"><a class="Pager_next__r4E3w" href="/articles?page=2">Suivant</a></div></div></div>'
    return Shape(
        "css-modules", f"{SITE}/articles", page(body, title="Actualité"),
        expected(found, lambda one: f"/articles/{one.slug}", dated=True), "/articles?page=2",
    )  # fmt: skip


def _tailwind() -> Shape:
    found = things(9)
    rows = each(
        found,
        lambda one: (
            f"""<div class="group relative flex flex-col rounded-lg border p-4 hover:shadow-lg md:flex-row"><div class="w-full md:w-1/3"><img class="h-40 object-cover" src="a.webp" alt=""></div>
<div class="mt-4 flex-1 md:ml-6"><p class="text-sm text-gray-500">{short(one.published)}</p><a class="text-xl font-semibold text-gray-900 hover:underline" href="/fr/appels/{one.slug}">{one.title}</a>
<p class="mt-2 text-gray-700 line-clamp-3">{one.lead}</p></div></div>"""
        ),
    )
    body = f'<main class="mx-auto max-w-7xl px-4"><h1 class="text-3xl font-bold">Ressources</h1><div class="grid gap-6">{rows}</div></main>'
    return Shape(
        "tailwind", f"{SITE}/fr/ressources", page(body, title="Ressources"),
        expected(found, lambda one: f"/fr/appels/{one.slug}", dated=True),
    )  # fmt: skip


def _two_lists() -> Shape:
    """Open calls, then closed ones, in the same shape: only the open ones are wanted."""
    found, over = things(5), things(6, first=20)

    def line(one):
        return f"""<li class="appel"><a class="appel__lien" href="/appels/{one.slug}">{one.title}</a><span class="appel__date">Clôture le {long(one.until)}</span></li>"""

    body = f"""<main><h1>Appels à projets</h1><section id="en-cours"><h2>Appels en cours</h2><ul class="appels">{each(found, line)}</ul></section>
<section id="clos"><h2>Appels clos</h2><ul class="appels">{each(over, line)}</ul></section></main>"""
    return Shape(
        "two-lists-open-and-closed",
        f"{SITE}/appels",
        page(body),
        expected(found, lambda one: f"/appels/{one.slug}", until=True),
    )


def _news_and_events() -> Shape:
    """A home of a section: a row of themes, the news, a short agenda at the side."""
    found = things(10)
    themes = each(
        things(6, first=40), lambda one: f'<div class="theme"><a href="/themes/{one.number}"><img src="t.svg" alt=""><h3>Thème {one.title.split()[0]}</h3></a></div>'
    )  # fmt: skip
    rows = each(
        found,
        lambda one: (
            f"""<div class="actu"><p class="actu-date">{long(one.published)}</p><h3 class="actu-titre"><a href="/actu/{one.slug}">{one.title}</a></h3><p class="actu-chapo">{one.lead}</p></div>"""
        ),
    )
    agenda = each(
        things(4, first=30), lambda one: f'<li class="rdv"><span class="rdv-date">{short(one.until)}</span> <a href="/agenda/{one.slug}">{one.title}</a></li>'
    )  # fmt: skip
    body = f'<main><div class="themes">{themes}</div><div class="colonnes"><div class="actus"><h2>Actualités</h2>{rows}</div><aside class="agenda"><h2>Agenda</h2><ul>{agenda}</ul></aside></div></main>'
    return Shape(
        "themes-news-agenda", f"{SITE}/filiere-bois", page(body, title="Filière bois"),
        expected(found, lambda one: f"/actu/{one.slug}", dated=True),
    )  # fmt: skip


def _by_month() -> Shape:
    """Press releases under a heading for each month; one month has a single one."""
    found = things(8)
    groups: dict[int, list[str]] = {}
    order = sorted(found, key=lambda one: one.published, reverse=True)
    for one in order:
        groups.setdefault(one.published.month, []).append(
            f'<li><span class="jour">{short(one.published)}</span> <a href="/communiques/{one.slug}">{one.title}</a></li>'
        )
    rows = "".join(
        f'<h2>Mois {number}</h2><ul class="communiques">{"".join(lines)}</ul>' for number, lines in groups.items()
    )
    body = f'<div id="main"><h1>Communiqués de presse</h1>{rows}</div>'
    return Shape(
        "grouped-by-month", f"{SITE}/communiques", page(body, title="Communiqués"),
        expected(order, lambda one: f"/communiques/{one.slug}", dated=True),
    )  # fmt: skip


def _with_promotion() -> Shape:
    """A list broken by a call to subscribe and by entries without a date or a picture."""
    found = things(10)

    def line(one):
        when = f'<span class="item-date">{long(one.published)}</span>' if one.number != 4 else ""
        image = '<div class="item-image"><img src="a.jpg" alt=""></div>' if one.number % 3 else ""
        badge = '<span class="badge">Nouveau</span>' if one.number == 1 else ""
        return f'<div class="item">{image}<div class="item-content">{badge}<h2 class="item-title"><a href="/breves/{one.slug}">{one.title}</a></h2>{when}<p>{one.lead}</p></div></div>'

    promo = '<div class="item item--promo"><div class="promo"><p>Recevez notre lettre chaque semaine dans votre boîte.</p><a href="/abonnement">Je m’abonne</a></div></div>'
    body = f'<section class="liste"><h1>Brèves</h1>{each(found[:3], line)}{promo}{each(found[3:], line)}</section>'
    shown = tuple(
        type(entry)(entry.title, entry.link, None if one.number == 4 else entry.date)
        for entry, one in zip(expected(found, lambda one: f"/breves/{one.slug}", dated=True), found, strict=True)
    )
    return Shape("broken-by-a-promotion", f"{SITE}/breves", page(body, title="Brèves"), shown)


SHAPES = (_css_modules(), _tailwind(), _two_lists(), _news_and_events(), _by_month(), _with_promotion())
