"""Languages chosen on the page are those of the next bulletin."""

from dataclasses import replace

from tests.digest.builders import item, store_items
from tests.web.conftest import ANNE, Site


def test_who_reads_french_alone_gets_no_call_in_english(site: Site) -> None:
    words = "Appel : extraits végétaux"
    store_items(site.app.database, [replace(item(50, sector="agroalimentaire", title=words), lang="en")])
    person = site.person(ANNE)

    def read() -> set[int]:
        (built,) = [one for one in site.app.digest.build("hebdo") if one.issue.digest == "hebdo"]
        mine = next(one for one in built.drafted if one.subscriber.id == person.id)
        return {line.item_id for line in mine.selection}

    assert 50 in read()
    site.client.post(
        site.links.preferences(person.id), data={"rythme": "weekly", "rubrique": ["seize"], "langue": "fr"}
    )
    assert 50 not in read()
    assert read()
