"""Staff are told of each trouble once, when it lasts, and of its end."""

from dataclasses import dataclass, field
from datetime import timedelta

from tests.crawl.builders import DAY, NOW, entry, failed, feed, fetched, good, source, state
from veille.crawl.alarm import event_of
from veille.crawl.decide import Visit, next_state
from veille.errors import ParseError
from veille.model import FetchFault, SourceEvent, SourceHealth, SourceState, Validators

HOUR = timedelta(hours=1)
DOWN = Visit(failed(), None)
REFUSED = Visit(fetched(403), None)
HTML = Visit(fetched(), ParseError("page HTML"), "h")
EMPTY = Visit(fetched(), feed(), "h")


@dataclass
class Life:
    """One source, visit after visit; the store keeps an event only once."""

    state: SourceState = field(default_factory=lambda: state(health=SourceHealth.OK, succeeded_at=NOW - DAY))
    now: object = NOW
    told: dict[tuple[object, SourceHealth], SourceEvent] = field(default_factory=dict)

    def see(self, *visits: Visit, every: timedelta = HOUR) -> list[SourceHealth]:
        """Visit so often; return what staff hear of it."""
        heard = []
        for visit in visits:
            self.now += every
            before, self.state = self.state, next_state(
                source(), self.state, visit, novel=False, started=self.now, now=self.now
            )  # fmt: skip
            event = event_of(before, self.state, self.now)
            if event is not None and (event.since, event.health) not in self.told:
                self.told[event.since, event.health] = event
                heard.append(event.health)
        return heard


def test_a_site_that_fails_for_an_hour_is_nobody_s_work() -> None:
    assert Life().see(DOWN, DOWN, good()) == []


def test_a_third_failure_in_a_row_is_told_once_and_so_is_its_end() -> None:
    life = Life()
    assert life.see(*[DOWN] * 9) == [SourceHealth.FAILING]
    assert life.see(good(), good()) == [SourceHealth.OK]
    assert life.see(*[DOWN] * 3) == [SourceHealth.FAILING]


def test_a_second_failure_a_day_later_is_told() -> None:
    assert Life().see(DOWN, DOWN, every=DAY) == [SourceHealth.FAILING]


def test_a_404_is_asked_of_staff_once_however_long_it_lasts() -> None:
    life = Life()
    assert life.see(*[Visit(fetched(404), None)] * 30, every=DAY) == [SourceHealth.FAILING]
    (event,) = life.told.values()
    assert "n'existe pas" in event.sentence
    assert "nouvelle adresse" in event.next_step


def test_410_is_told_at_once() -> None:
    assert Life().see(Visit(fetched(410), None)) == [SourceHealth.STOPPED]


def test_a_refusal_and_a_page_in_place_of_a_feed_are_told_at_the_second() -> None:
    assert Life().see(REFUSED, REFUSED, REFUSED) == [SourceHealth.BLOCKED]
    assert Life().see(HTML, HTML, HTML) == [SourceHealth.INVALID]


def test_a_trouble_that_comes_in_two_kinds_is_told_once_of_each() -> None:
    assert Life().see(*[REFUSED, DOWN] * 10) == [SourceHealth.BLOCKED, SourceHealth.FAILING]


def test_an_hour_without_dns_is_nobody_s_trouble_and_a_day_of_it_is() -> None:
    lost = Visit(failed(FetchFault.UNRESOLVED), None)
    life = Life()
    assert life.see(*[lost] * 20) == []
    assert life.state.failures == 0
    assert life.see(good()) == []
    assert life.see(*[lost] * 26) == [SourceHealth.FAILING]


def test_too_many_requests_is_told_only_when_it_lasts() -> None:
    assert Life().see(*[Visit(fetched(429), None)] * 2) == []
    assert Life().see(*[Visit(fetched(429), None)] * 3) == [SourceHealth.BLOCKED]


def test_an_empty_feed_is_told_after_a_week() -> None:
    life = Life()
    assert life.see(*[EMPTY] * 7, every=DAY) == []
    assert life.see(*[EMPTY] * 3, every=DAY) == [SourceHealth.EMPTY]


def test_silence_is_told_once_and_ends_with_news() -> None:
    life = Life(state(health=SourceHealth.OK, entries=9, gap=86_400, changed_at=NOW, validators=Validators('"a"')))
    quiet = Visit(fetched(304), None)
    assert life.see(*[quiet] * 20, every=DAY) == [SourceHealth.SILENT]
    before = life.state
    life.now += HOUR
    after = next_state(source(), before, good(entry(published=life.now)), novel=True, started=life.now, now=life.now)
    event = event_of(before, after, life.now)
    assert event is not None
    assert (event.health, event.next_step) == (SourceHealth.OK, "")
    assert event.sentence.startswith("de nouveau relevée")


def test_since_when_a_source_fails_counts_from_the_first_failure_of_any_kind() -> None:
    life = Life()
    life.see(DOWN, REFUSED, HTML)
    assert life.state.since == NOW + HOUR
    life.see(good())
    assert life.state.since == NOW + 4 * HOUR
    life.see(good())
    assert life.state.since == NOW + 4 * HOUR
