"""The store of members, on a real database."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from veille.addresses import address_key
from veille.errors import InputError
from veille.model import Member, Preferences, Subscriber
from veille.storage.db import Database
from veille.storage.member_store import SqlMemberStore
from veille.storage.tables import SuppressionRow
from veille.tokens import Keys

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PHYTALIS = Member(
    organisation="Phytalis",
    size="pme",
    commune="63322",
    sectors=("agroalimentaire",),
    needs=("gamme seniors", "enrobage"),
    countries=("DE", "MA"),
)
CLAIRE = Subscriber(email="claire@phytalis.example", first_name="Claire")


def test_profile_comes_back_in_the_order_it_was_given(store: SqlMemberStore) -> None:
    store.save([(PHYTALIS, [CLAIRE])], origin="membres.csv", now=NOW)
    (member,) = store.members()
    assert member.needs == ("gamme seniors", "enrobage")
    assert member.countries == ("DE", "MA")
    assert [person.email for person in store.subscribers()] == ["claire@phytalis.example"]
    assert store.subscribers()[0].member_id == member.id


def test_member_carries_the_territories_that_contain_its_commune(store: SqlMemberStore) -> None:
    store.save([(PHYTALIS, [])], origin="", now=NOW)
    chain = store.members()[0].territories
    assert chain[0] == "fr:commune:63322"
    assert chain[2:] == ("fr:departement:63", "fr:region:84", "country:fr", "country-group:ue")


def test_saving_twice_adds_nobody(store: SqlMemberStore) -> None:
    for _ in range(2):
        store.save([(PHYTALIS, [CLAIRE])], origin="", now=NOW)
    assert len(store.members()) == 1
    assert len(store.subscribers()) == 1


def test_clusters_do_not_see_each_other(database: Database, store: SqlMemberStore) -> None:
    other = SqlMemberStore(database, "other", address_hash=address_key)
    store.save([(PHYTALIS, [CLAIRE])], origin="", now=NOW)
    other.save([(PHYTALIS, [CLAIRE])], origin="", now=NOW)
    assert len(store.members()) == len(other.members()) == 1
    assert store.members()[0].id != other.members()[0].id


def test_suppressed_address_is_known_in_any_spelling_and_kept_once(store: SqlMemberStore) -> None:
    store.suppress("Claire@Phytalis.example", reason="désinscription", now=NOW)
    store.suppress("claire@phytalis.example", reason="rejet", now=NOW)
    assert store.suppressed(["claire@PHYTALIS.example", "autre@phytalis.example"]) == {"claire@PHYTALIS.example"}


def test_who_reads_the_table_without_the_key_cannot_look_for_an_address(
    database: Database, store: SqlMemberStore
) -> None:
    store.suppress("claire@phytalis.example", reason="désinscription", now=NOW)
    with database.read() as session:
        stored = list(session.scalars(select(SuppressionRow.address_hash)))
    assert hashlib.sha256(b"claire@phytalis.example").hexdigest() not in stored


def test_rotated_key_of_links_still_knows_who_must_not_be_written_to(
    database: Database, store: SqlMemberStore, tmp_path: Path
) -> None:
    store.suppress("claire@phytalis.example", reason="désinscription", now=NOW)
    keys = Keys(tmp_path / "keys")
    keys.rotate()
    again = SqlMemberStore(database, "cluster", address_hash=keys.address_hash)
    assert again.suppressed(["claire@phytalis.example"]) == {"claire@phytalis.example"}


def test_lost_key_refuses_rather_than_write_to_everybody(
    database: Database, store: SqlMemberStore, tmp_path: Path
) -> None:
    store.suppress("claire@phytalis.example", reason="désinscription", now=NOW)
    other = SqlMemberStore(database, "cluster", address_hash=Keys(tmp_path / "other").address_hash)
    with pytest.raises(InputError, match="restaurez"):
        other.suppressed(["claire@phytalis.example"])
    with pytest.raises(InputError, match="restaurez"):
        other.suppress("anne@phytalis.example", reason="désinscription", now=NOW)


def test_what_a_person_chose_survives_the_next_list(store: SqlMemberStore) -> None:
    store.save([(PHYTALIS, [CLAIRE])], origin="membres.csv", now=NOW)
    (claire,) = store.subscribers()
    chosen = Preferences(
        rhythm="monthly",
        paused_until=date(2026, 12, 24),
        sections_off=("window",),
        muted=("cantine",),
        muted_sources=("quotidien",),
    )
    store.prefer(claire.id, chosen, NOW)
    store.save([(PHYTALIS, [CLAIRE])], origin="membres.csv", now=NOW)
    found = store.subscriber(claire.id)
    assert found is not None
    assert (found.rhythm, found.paused_until, found.sections_off) == ("monthly", date(2026, 12, 24), ("window",))
    assert (found.muted, found.muted_sources) == (("cantine",), ("quotidien",))


def test_preferences_of_somebody_unknown_are_refused(store: SqlMemberStore) -> None:
    with pytest.raises(InputError, match="plus dans la liste"):
        store.prefer(999, Preferences(rhythm="weekly"), NOW)


def test_only_the_same_reason_lifts_a_suppression(store: SqlMemberStore) -> None:
    store.suppress("claire@phytalis.example", reason="bounce", now=NOW)
    store.release("claire@phytalis.example", reason="opt-out")
    assert store.suppressed(["claire@phytalis.example"])
    store.release("claire@phytalis.example", reason="bounce")
    assert not store.suppressed(["claire@phytalis.example"])


def test_a_pause_ends_on_its_day() -> None:
    person = Subscriber(email="a@b.example", rhythm="paused", paused_until=date(2026, 12, 24))
    assert not person.reads(date(2026, 12, 23))
    assert person.reads(date(2026, 12, 24))
    assert not Subscriber(email="a@b.example", rhythm="paused").reads(date(2100, 1, 1))
