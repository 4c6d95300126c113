"""How sources are, told to staff in French: one line each, and the summary that a health mail carries (pure)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from veille.french import day_of_month
from veille.model import FAILURES, Reservation, RobotsVerdict, SourceEvent, SourceHealth, SourceStatus

#: What asks for somebody comes first.
_ORDER = (
    SourceHealth.STOPPED,
    SourceHealth.BLOCKED,
    SourceHealth.INVALID,
    SourceHealth.FAILING,
    SourceHealth.SILENT,
    SourceHealth.EMPTY,
    SourceHealth.WAITING,
    SourceHealth.OK,
    SourceHealth.UNCHANGED,
)
_TROUBLES = FAILURES | {SourceHealth.SILENT, SourceHealth.EMPTY}
#: One, several.
_COUNTED = {
    SourceHealth.OK: ("ok", "ok"),
    SourceHealth.UNCHANGED: ("inchangée", "inchangées"),
    SourceHealth.EMPTY: ("vide", "vides"),
    SourceHealth.SILENT: ("silencieuse", "silencieuses"),
    SourceHealth.INVALID: ("invalide", "invalides"),
    SourceHealth.BLOCKED: ("bloquée", "bloquées"),
    SourceHealth.FAILING: ("en panne", "en panne"),
    SourceHealth.STOPPED: ("arrêtée", "arrêtées"),
    SourceHealth.WAITING: ("en attente", "en attente"),
}
_ROBOTS = {
    RobotsVerdict.FORBIDDEN: "le robots.txt du site l'interdit aux programmes (sans effet sur un flux configuré)",
    RobotsVerdict.UNREACHABLE: "le robots.txt du site est injoignable",
}
_RESERVED = {
    Reservation.HEADER: "texte réservé (en-tête du site)",
    Reservation.PAGE: "texte réservé (balise de la page)",
    Reservation.FILE: "texte réservé (tdmrep.json du site)",
}
NOTHING_TO_DO = "rien à faire"
#: Hours from which days are told.
_DAYS_FROM = 48


def worst_first(statuses: Sequence[SourceStatus]) -> list[SourceStatus]:
    """Return what asks for somebody first, the longest first."""

    def rank(status: SourceStatus) -> tuple[int, float, str]:
        return (_ORDER.index(status.health), status.since.timestamp() if status.since else 0.0, status.source_id)

    return sorted(statuses, key=rank)


def finding(status: SourceStatus) -> str:
    """Return the sentence of a source, with what its site says of programs."""
    robots = _ROBOTS.get(status.robots, "") if "robots.txt" not in status.sentence else ""
    reserved = _RESERVED.get(status.reserved, "") if "réservé" not in status.sentence else ""
    return " · ".join(filter(None, (status.sentence, robots, reserved)))


def next_step(status: SourceStatus) -> str:
    """Return what to do."""
    return status.next_step or NOTHING_TO_DO


def counted(statuses: Sequence[SourceStatus]) -> str:
    """Return « 12 sources : 1 bloquée, 9 ok, 2 inchangées »."""
    counts = Counter(status.health for status in statuses)
    parts = [f"{counts[health]} {_COUNTED[health][counts[health] > 1]}" for health in _ORDER if counts[health]]
    return f"{len(statuses)} source{'s' if len(statuses) > 1 else ''} : {', '.join(parts) or 'aucune'}"


def how_long(since: datetime | None, now: datetime) -> str:
    """Return « 3 jours », « 5 h », « — » where it is not known."""
    if since is None:
        return "—"
    hours = round(max(now - since, timedelta()) / timedelta(hours=1))
    if hours >= _DAYS_FROM:
        return f"{round(hours / 24)} jours"
    return f"{hours} h" if hours else "moins d'une heure"


def health_summary(statuses: Sequence[SourceStatus], untold: Sequence[SourceEvent], now: datetime, zone: tzinfo) -> str:
    """Return the text of a health mail: what is new, what recovered, what staff know already.

    `untold` are the events that staff have not been told of, `statuses` all sources watched.
    """
    told = {event.source_id for event in untold}
    still = [status for status in worst_first(statuses) if status.health in _TROUBLES and status.source_id not in told]
    current = {status.source_id: status.health for status in statuses}
    over = [event for event in untold if event.health is SourceHealth.OK]
    # a trouble that ended before anybody was told of it is its end only, one that changed its kind is the last one
    latest = {event.source_id: event for event in untold if event.health is not SourceHealth.OK}
    new = [event for name, event in latest.items() if current.get(name) in _TROUBLES]
    day = now.astimezone(zone)
    lines = [f"Santé des sources, {day_of_month(day.date())} {day.year}", counted(statuses), ""]
    lines += _section("À voir", (_trouble(event, now) for event in new))
    lines += _section("Rétablies", (f"{event.title or event.source_id} : {event.sentence}" for event in over))
    lines += _section("Déjà signalées", (_known(status, now) for status in still))
    if not (new or over or still):
        lines.append("Rien à signaler.")
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(title: str, entries: Iterator[str]) -> list[str]:
    found = [f"- {entry}" for entry in entries]
    return [title, *found, ""] if found else []


def _trouble(event: SourceEvent, now: datetime) -> str:
    step = f" À faire : {event.next_step}." if event.next_step else ""
    since = how_long(event.since, now)
    return f"{event.title or event.source_id} ({event.health.value} depuis {since}) : {event.sentence}.{step}"


def _known(status: SourceStatus, now: datetime) -> str:
    return f"{status.title} ({status.health.value} depuis {how_long(status.since, now)})"
