"""« Pourquoi ? » and « pourquoi pas ? »: one match in French lines (pure)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from veille.config.problems import nearest
from veille.config.taxonomy import Taxonomy
from veille.errors import InputError
from veille.french import french_day
from veille.model import Eligibility, Item, Match, Member, Scheme, SeenItem, Subscriber, Tag
from veille.text import fold

#: Parts of a score (`usefulness`), or what their names begin with → how they are told.
_PARTS = {
    "near": "sens proche de vos lignes", "words": "vos mots", "trade": "votre métier", "market": "vos marchés",
    "other": "autres métiers", "aim": "besoins courants", "home": "votre territoire", "region": "votre région",
    "country": "vos pays", "at": "à portée", "kind": "type", "english": "anglais", "general": "pour toute entreprise",
    "urgent": "clôt bientôt", "trades": "métiers divers", "sure": "filière sûre", "same": "votre filière",
    "size": "votre taille nommée", "followed": "nom suivi", "axis": "votre axe", "terse": "profil bref",
    "code": "métier de votre code NAF", "uncoded": "code NAF inconnu", "ruled": "règles des mots",
    "eligible": "éligible",
}  # fmt: skip
#: Parts that add less are not told.
_SLIGHT = 0.05


def explain(item: Item, member: Member, match: Match, taxonomy: Taxonomy) -> Iterator[str]:
    """Yield the lines that say why an item suits a member, or which gate refused it."""
    yield f"{item.title}"
    if match.gate is not None:
        yield f"{member.organisation} : non — {match.gate.text} ({match.gate.kind.removeprefix('gate:')})"
    else:
        yield f"{member.organisation} : oui — score {match.score:.2f}".replace(".", ",")
    for reason in match.reasons:
        yield f"  {reason.weight:+.2f}  {reason.text}".replace(".", ",", 1)
    yield from (_axis(tag, taxonomy) for tag in item.of(Scheme.AXIS))
    yield from _deadline(item)
    if match.eligibility is not None:
        yield f"éligibilité : {match.eligibility.verdict}{_condition(match.eligibility)}"


def parts_line(parts: Mapping[str, float]) -> str:
    """Say what a score is made of, the heaviest first: parts of one kind together, in log-odds."""
    kinds: dict[str, float] = defaultdict(float)
    for name, share in parts.items():
        kinds[_PARTS.get(name, _PARTS[name.partition("-")[0].partition(":")[0]])] += share
    heavy = sorted((one for one in kinds.items() if abs(one[1]) >= _SLIGHT), key=lambda one: -abs(one[1]))
    return "parts de la note : " + " · ".join(f"{kind} {share:+.1f}".replace(".", ",") for kind, share in heavy)


def _axis(tag: Tag, taxonomy: Taxonomy) -> str:
    """Say what the item is read to be about inside its filière, and the words that say it."""
    words = ", ".join(f"« {' '.join(said.text.split())} »" for said in tag.evidence)
    return f"axe : {taxonomy.label(Scheme.AXIS, tag.term)} ({words or 'ni axe ni filière du cluster'})"


def _deadline(item: Item) -> Iterator[str]:
    """Yield until when, with the words that say it and where they stand: in the text, or on a page of a document."""
    fact = item.fact("deadline")
    if fact is None or not fact.evidence:
        return
    said = fact.evidence[0]
    stated = said.start is None  # a field of the source, no place in a text
    place = "énoncé par la source" if stated else {"title": "titre", "text": "texte"}.get(said.where, said.where)
    yield f"échéance : {fact.value} « {' '.join(said.text.split())} » ({place})"


def _condition(eligibility: Eligibility) -> str:
    if not eligibility.note and not eligibility.quote:
        return " (aucune condition lue dans l'annonce)"
    note = f" : {eligibility.note}" if eligibility.note else ""
    return f"{note} « {eligibility.quote} »" if eligibility.quote else note


def sent_before(
    item: Item, readers: Sequence[Subscriber], seen: Mapping[int, Mapping[int, SeenItem]], zone: ZoneInfo
) -> Iterator[str]:
    """Yield the first gate of all, a line a reader: what was sent is sent again only changed, or as the one recall."""
    for reader in readers:
        known = [found for number in (item.id, *item.also) if (found := seen.get(reader.id, {}).get(number))]
        if known:
            day = max(one.at for one in known).astimezone(zone).date()
            yield f"déjà envoyé à {reader.email} le {french_day(day)} : ne reparaît que changé, ou en dernier rappel"


def read_by(member: Member, reader: Subscriber | None) -> Member:
    """Return a member as one of its readers is: with what they muted and the languages they read."""
    if reader is None:
        return member
    return replace(member, muted=(*member.muted, *reader.muted), languages=reader.languages)


def find_reader(wanted: str, people: Sequence[Subscriber]) -> Subscriber | None:
    """Return the person of that address, None where the words are no address of a reader."""
    return next((person for person in people if fold(person.email) == fold(wanted)), None)


def find_item(wanted: str, items: Sequence[Item]) -> Item:
    """Return the item of that id or URL; raises InputError with the nearest one."""
    for item in items:
        if wanted in {str(item.id), item.url} or any(source.link == wanted for source in item.sources):
            return item
    urls = {item.url: item for item in items if item.url}
    near = urls.get(nearest(wanted, urls)) if "/" in wanted else None
    cure = f"le plus proche : {near.id} ({near.url})" if near else "« veille items list » donne les numéros"
    raise InputError(f"élément inconnu « {wanted} »", cure=cure)


def find_member(wanted: str, members: Sequence[Member], people: Sequence[Subscriber]) -> Member:
    """Return the member of that name or of that person's address; raises InputError with the nearest, or with each."""
    by_id = {member.id: member for member in members}
    read_for = [by_id[one.member_id].organisation for one in people if fold(one.email) == fold(wanted)]
    if len(read_for) > 1:
        raise InputError(f"{wanted} lit pour {' et '.join(read_for)}", cure="nommez l'organisation")
    keys = {fold(member.organisation): member for member in members}
    keys |= {fold(person.email): by_id[person.member_id] for person in people if person.member_id in by_id}
    found = keys.get(fold(wanted))
    if found is not None:
        return found
    near = keys.get(nearest(fold(wanted), keys))
    cure = f"vouliez-vous « {near.organisation} » ?" if near else "« veille members list » donne les noms"
    raise InputError(f"membre inconnu « {wanted} »", cure=cure)
