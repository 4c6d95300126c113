"""French for facts: days, badges, amounts, changes (pure). No-break spaces where typography wants them."""

import re
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from veille import french
from veille.amending import TEXT, changes
from veille.excerpt import quoted
from veille.model import Change, Item, Scheme, Subscriber
from veille.protocols import Labels
from veille.text import fold

_NBSP = "\u00a0"
#: How the name of an imported list ends.
_FILE = re.compile(r"\.(?:csv|tsv|txt|xlsx|xlsm|xls|ods)$", re.IGNORECASE)
_GIVEN = "donnée par votre organisation"
_SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
#: What closes, in a subject; anything else is « une échéance ».
_CLOSES = {
    "appel-a-projets": "un appel clôt", "ami": "un appel clôt", "appel-partenaires": "un appel clôt",
    "marche-public": "un marché clôt", "concours-prix": "un concours clôt", "subvention-aide": "une aide clôt",
    "pret-garantie": "un prêt clôt", "accompagnement": "un accompagnement clôt", "evenement": "un rendez-vous",
    "export-salon": "un salon", "formation": "une formation",
}  # fmt: skip
#: Types that one joins: nobody is judged eligible for an event or for a search of partners.
_JOINED = frozenset({"evenement", "export-salon", "formation", "appel-partenaires", "vie-du-cluster"})
#: Types whose day is when they take place, not when they close.
_HAPPENS = frozenset({"evenement", "export-salon", "formation", "vie-du-cluster"})
#: Beyond this a deadline is no news in a subject, days.
_SOON = 45
#: Inbox lists show about that much after the subject (Gmail, Apple Mail, Orange).
PREHEADER_MIN, PREHEADER_MAX = 40, 110
_MAX_FACT = 40
#: A deadline of which dates contradict each other, or that is said loosely.
_DOUBT = "date à vérifier"
#: Characters of a title or a sentence told among what changed.
_MAX_CHANGE = 120
_TENDER = "marche-public"
#: A code of the common procurement vocabulary, with or without its check digit (regulation 213/2008).
_CPV = re.compile(r"\bCPV\b[\s:]*([0-9]{8})\b")
#: What an amendment calls the facts that it changes; what agrees with them.
_AMOUNTS = {"amount_max": "plafond", "amount_total": "enveloppe", "amount_min": "plancher", "rate": "taux"}
_E = {"amount_max": "", "amount_total": "e", "amount_min": "", "rate": ""}
_DAYS = {"deadline": "échéance", "opening": "ouverture"}
_STATES = {"open": "ouvert", "closed": "clos", "upcoming": "à venir", "rolling": "permanent"}


def day_of_month(day: date) -> str:
    """Return « 8 décembre », « 1er décembre »."""
    return french.day_of_month(day, _NBSP)


def long_day(day: date, today: date) -> str:
    """Return « mardi 8 décembre », with its year when it is not this one."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{french.DAYS[day.weekday()]} {day_of_month(day)}{year}"


def until(item: Item, today: date) -> str:
    """Return « mardi 8 décembre à 17 h », without the hour where the text gives none; empty where nothing is due.

    A deadline that is to be checked says so: « jeudi 31 décembre (date à vérifier) ».
    """
    if item.due is None:
        return ""
    hour = item.fact("deadline_time") if item.deadline is not None else None
    doubt = f" ({_DOUBT})" if item.deadline is not None and item.doubtful else ""
    return long_day(item.due, today) + (f" à {_hour(hour.value)}" if hour else "") + doubt


def _hour(clock: str) -> str:
    """Return « 17 h », « 17 h 30 » for « 17:30 »."""
    hours, _, minutes = clock.partition(":")
    return f"{int(hours)}{_NBSP}h" + (f"{_NBSP}{minutes}" if minutes.strip("0") else "")


def full_day(day: date) -> str:
    """Return « vendredi 27 novembre 2026 »."""
    return f"{french.DAYS[day.weekday()]} {day_of_month(day)} {day.year}"


def short_day(day: date) -> str:
    """Return « 23 nov. 2026 »."""
    return f"{day.day}{_NBSP}{_SHORT_MONTHS[day.month - 1]}{_NBSP}{day.year}"


def badge(day: date, today: date) -> str:
    """Return « J-11 », or « dernier jour »."""
    left = (day - today).days
    return "dernier jour" if left <= 0 else f"J-{left}"


def verb(item: Item) -> str:
    """Return « clôt », or nothing for what takes place on that day."""
    happens = item.deadline is None or any(tag.term in _HAPPENS for tag in item.of(Scheme.TYPE)[:1])
    return "" if happens else "clôt"


def asks_conditions(item: Item) -> bool:
    """Tell whether who may answer is a question at all."""
    return not any(tag.term in _JOINED for tag in item.of(Scheme.TYPE)[:1])


def facts(item: Item, labels: Labels) -> tuple[str, ...]:
    """Return type, places, amount, rate, partners, what a tender buys, a deadline without a day, all in words.

    What is unknown is left out.
    """
    said = (
        next((labels.short(Scheme.TYPE, tag.term) for tag in item.of(Scheme.TYPE)), ""),
        _first(item, Scheme.TERRITORY, labels),
        _first(item, Scheme.ZONE, labels),
        _amounts(item),
        _rate(item),
        _partners(item),
        _bought(item),
        # Where a day is told, `until` says it.
        _DOUBT if item.doubtful and item.deadline is None else "",
    )
    return tuple(one for one in said if one)


def _first(item: Item, scheme: Scheme, labels: Labels) -> str:
    """Return the first place that it is aimed at."""
    return next((labels.short(scheme, tag.term) for tag in item.of(scheme) if tag.scope == "main"), "")


def _bought(item: Item) -> str:
    """Return « CPV 15882000 »: the code under which a tender says what it buys, if it says one."""
    if not any(tag.term == _TENDER for tag in item.of(Scheme.TYPE)[:1]):
        return ""
    code = _CPV.search(item.text)
    return f"CPV{_NBSP}{code[1]}" if code else ""


def change(item: Item, names: tuple[str, ...], shown: date | None, today: date) -> str:
    """Say what changed since it was sent: « échéance reportée du 15 décembre au 15 janvier »; `shown` is what was."""
    said = [_moved(shown, item.deadline, today)] if "deadline" in names and item.deadline is not None else []
    others = [one for one in changes(item) if one.what in names and one.what != "deadline"]
    return " ; ".join([*said, *_told(others, item, today, [shown, item.deadline] if said else [])])


def what_changed(item: Item, today: date) -> list[str]:
    """Say each thing that the last amendment changed, what matters most first."""
    return _told(changes(item), item, today, [])


def _told(told: Sequence[Change], item: Item, today: date, days: Sequence[date | None]) -> list[str]:
    """Say each change once: a sentence that only repeats a day or an amount told beside it is left out."""
    known = [form for day in days if day for form in _day_forms(day)]
    for one in told:
        for value in (one.before, one.after):
            day = _iso_day(value) if one.what in _DAYS else None
            known += _day_forms(day) if day else []
            known += [fold(_value(one.what, value))] if one.what in _AMOUNTS and value else []
    said = []
    for one in told:
        words = _new_words(one, known) if one.what == TEXT else ""
        if one.what != TEXT:
            said.append(_changed(one, today))
        elif words:
            shown = _short(quoted(words, item.edit.new_text if item.edit else item.text, item.licence))
            said.append(f"{'ajouté' if one.after else 'retiré'} : « {shown} »")
    return said


def _new_words(one: Change, known: Sequence[str]) -> str:
    """Return the first sentence added (or removed) that says none of what is known, or nothing."""
    lines = (one.after or one.before).split("\n")
    return next((line for line in lines if not any(f" {form} " in f" {fold(line)} " for form in known)), "")


def _day_forms(day: date) -> list[str]:
    """Return how a text writes a day, folded."""
    month = fold(french.MONTHS[day.month - 1])
    return [f"{day.day} {month}", f"{day.day:02} {month}", f"{day:%d %m}", *(["1er " + month] if day.day == 1 else [])]


def _changed(one: Change, today: date) -> str:
    if one.what in _AMOUNTS:
        before, after = _value(one.what, one.before), _value(one.what, one.after)
        label = _AMOUNTS[one.what]
        return f"{label} : {before} → {after}" if one.before else f"{label} annoncé{_E[one.what]} : {after}"
    if one.what in _DAYS:
        return _day_changed(_DAYS[one.what], one, today)
    if one.what == "status":
        return f"état : {_STATES.get(one.before, one.before) or 'non dit'} → {_STATES.get(one.after, one.after)}"
    return f"titre changé (avant : « {_short(one.before)} »)"


def origin(person: Subscriber, zone: ZoneInfo) -> str:
    """Say where an address comes from, on what basis it is written to and since when it is held (RGPD art. 14)."""
    place = f"notre liste « {person.origin} »" if _FILE.search(person.origin) else person.origin
    since = f", depuis le {full_day(person.added.astimezone(zone).date())}" if person.added else ""
    basis = f" À quel titre : {person.basis}." if person.basis else ""
    return f"C’est notre premier message à cette adresse. D’où elle vient : {place or _GIVEN}{since}.{basis}"


def _day_changed(label: str, one: Change, today: date) -> str:
    before, after = _iso_day(one.before), _iso_day(one.after)
    if after is None:
        return f"{label} : {one.after}"
    return _moved(before, after, today, label)


def _iso_day(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _short(words: str) -> str:
    whole = " ".join(words.split()).rstrip(" .;")
    return whole if len(whole) <= _MAX_CHANGE else f"{whole[:_MAX_CHANGE].rpartition(' ')[0]} …"


def subject(organisation: str, seizable: int, others: int, closing: tuple[str, date] | None, today: date) -> str:
    """Return « Phytalis : 3 choses à saisir, un appel clôt mardi 8 décembre »; `closing` is (type, day)."""
    count = seizable or others
    what = "à saisir" if seizable else "à connaître"
    things = f"une chose {what}" if count == 1 else f"{count} choses {what}"
    end = ""
    if closing is not None and 0 <= (closing[1] - today).days <= _SOON:
        end = f", {_CLOSES.get(closing[0], 'une échéance')} {long_day(closing[1], today)}"
    return f"{organisation}{_NBSP}: {things}{end}"


def preheader(titles: tuple[str, ...], closing: str) -> str:
    """Return 40 to 110 characters that say something: what closes, then the first titles."""
    said = " · ".join(part for part in (closing, *titles) if part)
    if len(said) > PREHEADER_MAX:
        said = said[: PREHEADER_MAX - 1].rpartition(" ")[0].rstrip(" ·,;:") + "…"
    return said if len(said) >= PREHEADER_MIN else f"{said} : votre veille de la semaine, choisie pour vous"


def _moved(before: date | None, after: date, today: date, label: str = "échéance") -> str:
    if before is None:
        return f"{label} connue : {long_day(after, today)}"
    verb = "reportée" if after > before else "avancée"
    year = "" if after.year == before.year else f" {after.year}"
    return f"{label} {verb} du {day_of_month(before)} au {day_of_month(after)}{year}"


def _number(text: str) -> float | None:
    try:
        return float(text.replace("\u202f", "").replace(_NBSP, "").replace(" ", "").rstrip("%€").replace(",", "."))
    except ValueError:
        return None


def _value(name: str, text: str) -> str:
    number = _number(text)
    if number is None:
        return text[:_MAX_FACT]
    if name == "rate":
        return f"{number * 100 if number <= 1 else number:.0f}{_NBSP}%"
    return french.euros(number)


def _amounts(item: Item) -> str:
    most, total = item.fact("amount_max"), item.fact("amount_total")
    if most is not None:
        return f"≤{_NBSP}{_value('amount_max', most.value)}"
    return f"enveloppe de {_value('amount_total', total.value)}" if total is not None else ""


def _rate(item: Item) -> str:
    fact = item.fact("rate")
    return _value("rate", fact.value) if fact is not None else ""


def _partners(item: Item) -> str:
    fact = item.fact("partners_min") or item.fact("partners")
    if fact is None:
        return ""
    return f"≥{_NBSP}{fact.value}{_NBSP}partenaires" if fact.value.isdigit() else fact.value[:_MAX_FACT]
