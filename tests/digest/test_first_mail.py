"""The first mail to an address says where it comes from; the second does not."""

from datetime import timedelta
from pathlib import Path

from tests.digest.builders import NOW, item, store_items
from tests.digest.house import House
from tests.digest.ledger import members_of
from veille.model import Bulletin, Member, Subscriber
from veille.storage.db import Database


def drafted(house: House) -> dict[str, Bulletin | None]:
    (built,) = house.digests.build()
    return {one.subscriber.email: one.bulletin for one in built.drafted}


def test_only_the_first_mail_to_an_address_says_where_it_comes_from(sqlite_database: Database, tmp_path: Path) -> None:
    anne, bob = (Subscriber(email=f"{name}@phytalis.example.fr") for name in ("anne", "bob"))
    profile = Member(organisation="Phytalis", sectors=("sante",))
    members_of(sqlite_database).save([(profile, [anne])], origin="adherents.csv", now=NOW)
    store_items(sqlite_database, [item(1, sector="sante", deadline="2027-02-01")])
    house = House(sqlite_database, tmp_path / "maison")
    first = drafted(house)[anne.email]
    assert first is not None
    assert "adherents.csv" in first.origin
    assert "mercredi 25\u00a0novembre 2026" in first.origin
    house.digests.approve(by="Claire")
    house.digests.send()
    house.clock.advance(timedelta(days=7))
    members_of(sqlite_database).save([(profile, [anne, bob])], origin="adherents.csv", now=NOW)
    store_items(sqlite_database, [item(2, sector="sante", deadline="2027-02-15", title="Un autre appel")])
    second = drafted(house)
    assert {email: bool(one and one.origin) for email, one in second.items()} == {anne.email: False, bob.email: True}
