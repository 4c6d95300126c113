"""Entries keep their identity though ids go missing, are reused, change or collide."""

from typing import Any

from tests.crawl.builders import DAY, NOW, entry, feed, known, source
from veille.crawl.decide import decide_entries
from veille.model import EntryIntent, ParsedEntry


def decide(*entries: ParsedEntry, before: Any = ()) -> list[EntryIntent]:
    return decide_entries(source(), feed(*entries), known(before))


def test_an_unchanged_feed_decides_nothing() -> None:
    entries = [entry(f"Titre {n}", f"https://a.exemple/{n}", guid=str(n)) for n in range(5)]
    assert decide(*entries, before=decide(*entries)) == []


def test_entries_without_guid_are_known_by_their_link() -> None:
    first = decide(entry("Un", "https://a.exemple/1"), entry("Deux", "https://a.exemple/2"))
    assert decide(entry("Deux", "https://a.exemple/2"), entry("Un", "https://a.exemple/1"), before=first) == []


def test_entries_without_guid_nor_link_are_known_by_title_and_day() -> None:
    first = decide(entry("Communiqué", None), entry("Communiqué", None, published=NOW - 9 * DAY))
    assert len(first) == 2
    assert decide(entry("Communiqué", None), before=first) == []


def test_tracking_variants_are_the_same_entry() -> None:
    first = decide(entry(link="https://a.exemple/x?utm_source=rss"))
    assert decide(entry(link="https://a.exemple/x?utm_source=lettre&utm_medium=mail"), before=first) == []


def test_tracking_variants_inside_one_feed_are_one_entry() -> None:
    variants = [entry(link=f"https://a.exemple/x?utm_source={name}", guid=name) for name in ("a", "b")]
    assert len(decide(*variants)) == 1


def test_a_guid_that_is_a_tracked_link_is_the_same_guid() -> None:
    first = decide(entry(guid="https://a.exemple/x?utm_source=rss"))
    assert decide(entry(guid="https://a.exemple/x?utm_source=mail"), before=first) == []


def test_a_changed_guid_with_the_same_link_is_the_same_entry() -> None:
    first = decide(entry("Un", guid="ancien-1"))
    assert decide(entry("Un", guid="nouveau-1"), before=first) == []


def test_a_changed_link_with_the_same_guid_is_the_same_entry_changed() -> None:
    first = decide(entry("Un", "https://a.exemple/un", guid="1"))
    (intent,) = decide(entry("Un", "https://a.exemple/2026/un", guid="1"), before=first)
    assert intent.key == first[0].key
    assert intent.changed == ("link",)


def test_entries_sharing_one_guid_with_different_links_are_distinct() -> None:
    twins = [entry("Un", "https://a.exemple/1", guid="0"), entry("Deux", "https://a.exemple/2", guid="0")]
    first = decide(*twins)
    assert len({intent.key for intent in first}) == 2
    assert len({intent.item_key for intent in first}) == 2
    assert decide(*twins, before=first) == []


def test_a_guid_that_comes_to_be_shared_does_not_bring_the_first_entry_back() -> None:
    first = decide(entry("Un", "https://a.exemple/1", guid="0"))
    second = decide(
        entry("Deux", "https://a.exemple/2", guid="0"), entry("Un", "https://a.exemple/1", guid="0"), before=first
    )
    assert [intent.entry.title for intent in second] == ["Deux"]
    assert second[0].changed is None


def test_a_guid_reused_for_another_thing_is_a_new_entry() -> None:
    first = decide(entry("Appel de mars", "https://a.exemple/mars", guid="derniere"))
    (intent,) = decide(entry("Salon de mai", "https://a.exemple/mai", guid="derniere", published=NOW), before=first)
    assert intent.changed is None
    assert intent.key != first[0].key


def test_a_guid_that_appears_later_is_no_new_entry() -> None:
    first = decide(entry("Un"))
    assert decide(entry("Un", guid="tout-neuf"), before=first) == []


def test_a_guid_that_disappears_is_no_new_entry() -> None:
    first = decide(entry("Un", guid="1"))
    assert decide(entry("Un"), before=first) == []


def test_entries_that_all_link_to_the_home_page_are_distinct() -> None:
    entries = [entry(f"Brève {n}", "https://a.exemple/", guid=f"b{n}") for n in range(3)]
    first = decide(*entries)
    assert len({intent.key for intent in first}) == 3
    assert len({intent.item_key for intent in first}) == 3


def test_entries_that_share_one_page_are_distinct_things() -> None:
    entries = [entry(f"Lot {n}", f"https://a.exemple/marche#lot{n}", guid=f"lot{n}") for n in range(3)]
    first = decide(*entries)
    assert len({intent.item_key for intent in first}) == 3
    assert decide(*entries, before=first) == []


def test_a_repeated_entry_is_one_entry() -> None:
    assert len(decide(entry(guid="1"), entry(guid="1"))) == 1


def test_composed_and_decomposed_titles_are_one_title() -> None:
    first = decide(entry("E\u0301nergie"))
    assert decide(entry("\u00c9nergie"), before=first) == []


def test_two_sources_that_publish_one_link_name_one_item() -> None:
    (here,) = decide_entries(source("a"), feed(entry(link="https://x.exemple/appel?utm_source=a")), {})
    (there,) = decide_entries(source("b"), feed(entry(link="http://x.exemple/appel")), {})
    assert here.item_key == there.item_key


def test_two_sources_without_links_never_share_an_item() -> None:
    (here,) = decide_entries(source("a"), feed(entry(link=None)), {})
    (there,) = decide_entries(source("b"), feed(entry(link=None)), {})
    assert here.item_key != there.item_key


# ── changes ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_each_changed_field_is_named() -> None:
    first = decide(entry("Un", guid="1"))
    changed = entry("Un bis", "https://a.exemple/bis", guid="1", published=NOW - DAY, text="Autre texte.")
    (intent,) = decide(changed, before=first)
    assert intent.changed == ("title", "link", "text")


def test_a_text_edit_alone_is_seen() -> None:
    first = decide(entry("Un"))
    (intent,) = decide(entry("Un", text="Date limite reportée."), before=first)
    assert intent.changed == ("text",)


def test_spacing_and_updated_are_no_change() -> None:
    first = decide(entry("Un", text="Un texte"))
    assert decide(entry("Un ", text="Un\ntexte", updated=NOW), before=first) == []


def test_one_moved_date_is_a_change() -> None:
    entries = [entry(f"T{n}", f"https://a.exemple/{n}") for n in range(4)]
    moved = [entry("T0", "https://a.exemple/0", published=NOW), *entries[1:]]
    (intent,) = decide(*moved, before=decide(*entries))
    assert intent.changed == ("published",)


def test_dates_that_all_move_at_once_are_no_change() -> None:
    entries = [entry(f"T{n}", f"https://a.exemple/{n}") for n in range(4)]
    moved = [entry(f"T{n}", f"https://a.exemple/{n}", published=NOW) for n in range(4)]
    assert decide(*moved, before=decide(*entries)) == []


def test_entries_are_written_oldest_first() -> None:
    titles = [intent.entry.title for intent in decide(entry("Neuf", "https://a.exemple/2"), entry("Vieux"))]
    assert titles == ["Vieux", "Neuf"]
