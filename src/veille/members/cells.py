"""What each cell of a list of members may hold: pure readers that return a value or raise `BadCell` with its cure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from veille.addresses import address_problem, parse_address
from veille.config.gazetteer import Gazetteer
from veille.config.problems import nearest
from veille.config.taxonomy import Taxonomy
from veille.model import RHYTHMS, SIZES, Scheme
from veille.text import clean, fold

#: Characters; the columns of the store.
LONGEST_NAME, LONGEST_PHRASE = 255, 512
_NAF = re.compile(r"(\d{2})\.?(\d{2})([A-Z])|\d{2}(\.\d{1,2})?")
_NAF_VERSIONS = {"nafrev2": "NAFRev2", "rev2": "NAFRev2", "naf2025": "NAF2025", "2025": "NAF2025"}
#: Municipal districts carry codes of their own; the commune is the city (official geographic code).
_DISTRICTS = ((75101, 75120, "75056"), (69381, 69389, "69123"), (13201, 13216, "13055"))
_RHYTHMS = {
    "hebdomadaire": "weekly",
    "hebdo": "weekly",
    "quotidien": "daily",
    "mensuel": "monthly",
    "pause": "paused",
    "en pause": "paused",
}
_SIZES = {
    "micro entreprise": "tpe",
    "laboratoire": "labo",
    "universite": "labo",
    "commune": "collectivite",
    "grande entreprise": "ge",
    "grand groupe": "ge",
}
_ISO_DAY = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?: 00:00(?::00)?)?")
_FRENCH_DAY = re.compile(r"(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>\d{4})")
#: A name of the web, or an address of a machine beside (net/ says whether it may be asked).
_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]?")
_LANGUAGES = {"francais": "fr", "anglais": "en", "allemand": "de", "italien": "it", "espagnol": "es"}


class BadCell(Exception):
    """A cell that cannot be read; the message is French and says the cure."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What cells are checked against."""

    taxonomy: Taxonomy
    gazetteer: Gazetteer
    #: No day of a list lies behind it.
    today: date = date.max


def read_name(cell: str, _: Vocabulary) -> str:
    """Read a short text on one line."""
    text = clean(cell).replace("\n", " ").replace("\t", " ").strip()
    if len(text) > LONGEST_NAME:
        raise BadCell(f"plus de {LONGEST_NAME} caractères")
    return text


def read_email(cell: str, _: Vocabulary) -> str:
    """Read one address."""
    problem = address_problem(cell)
    if problem is not None:
        raise BadCell(f"adresse refusée « {cell[:80]} » : {problem[0]} ; {problem[1]}")
    return parse_address(cell)


def read_siren(cell: str, _: Vocabulary) -> str:
    """Read a SIREN with its check digit (Luhn); a SIRET begins with it."""
    digits = re.sub(r"[\s.]", "", cell)
    if re.fullmatch(r"[0-9]{14}", digits):
        digits = digits[:9]
    if not re.fullmatch(r"[0-9]{9}", digits):
        raise BadCell(f"SIREN « {cell[:40]} » : neuf chiffres attendus (un zéro de tête perdu par le tableur ?)")
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(digits))
    if sum(value - 9 if value > 9 else value for value in doubled) % 10:  # noqa: PLR2004 - Luhn's own
        raise BadCell(f"SIREN « {cell} » : la clé de contrôle est fausse, vérifiez les chiffres")
    return digits


def read_naf(cell: str, _: Vocabulary) -> str:
    """Read a NAF code, or the division or class alone."""
    found = _NAF.fullmatch(cell.strip().upper())
    if found is None:
        raise BadCell(f"NAF « {cell[:40]} » : forme attendue 10.89Z (colonne au format texte)")
    return f"{found[1]}.{found[2]}{found[3]}" if found[3] else found[0]


def read_naf_version(cell: str, _: Vocabulary) -> str:
    """Read which nomenclature the code is of."""
    version = _NAF_VERSIONS.get(fold(cell).replace(" ", "").replace(".", ""))
    if version is None:
        raise BadCell(f"« {cell[:40]} » : NAFRev2 ou NAF2025")
    return version


def read_size(cell: str, _: Vocabulary) -> str:
    """Read a size class."""
    return _one_of(cell, SIZES, _SIZES)


def read_rhythm(cell: str, _: Vocabulary) -> str:
    """Read how often a person wants mail."""
    return _one_of(cell, RHYTHMS, _RHYTHMS)


def _one_of(cell: str, admitted: tuple[str, ...], usual: Mapping[str, str]) -> str:
    value = fold(cell)
    if value in admitted:
        return value
    if value in usual:
        return usual[value]
    near = nearest(value, admitted)
    hint = f", vouliez-vous « {near} » ?" if near else ""
    raise BadCell(f"« {cell[:40]} » inconnu{hint} (admis : {', '.join(admitted)})")


def read_staff(cell: str, _: Vocabulary) -> int:
    """Read a number of persons."""
    digits = re.sub(r"\s", "", cell)
    if not re.fullmatch(r"[0-9]{1,7}", digits):
        raise BadCell(f"« {cell[:40]} » : un nombre entier de personnes")
    return int(digits)


def read_turnover(cell: str, _: Vocabulary) -> float:
    """Read euros a year."""
    digits = re.sub(r"\s", "", cell).removesuffix("€").replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,13}(\.[0-9]{1,2})?", digits):
        raise BadCell(f"« {cell[:40]} » : des euros en chiffres, par exemple 1500000")
    return float(digits)


def read_commune(cell: str, words: Vocabulary) -> str:
    """Read the INSEE code of a commune of today, or a name that only one of them bears."""
    code = cell.strip().upper()
    if code.isdecimal():  # « ² » is a digit and no number
        code = next((city for low, high, city in _DISTRICTS if low <= int(code) <= high), code)
    if words.gazetteer.commune(code):
        return code
    if re.fullmatch(r"[0-9]{4}", code) and words.gazetteer.commune(f"0{code}"):
        raise BadCell(
            f"commune « {cell} » : zéro de tête perdu par le tableur ? écrivez 0{code} (colonne au format texte)"
        )
    if re.fullmatch(r"[0-9AB]{5}", code):
        cure = "un code postal n'est pas un code INSEE, et une commune fusionnée a changé de code"
        raise BadCell(f"commune « {cell} » : code INSEE inconnu ; {cure}")
    return _named_commune(cell, words.gazetteer)


def _named_commune(cell: str, gazetteer: Gazetteer) -> str:
    wanted = fold(cell)
    same = [commune.insee for commune in gazetteer.communes if fold(commune.name) == wanted]
    if len(same) == 1:
        return same[0]
    cure = f"plusieurs portent ce nom : {', '.join(same[:6])}" if same else "écrivez le code à cinq caractères"
    raise BadCell(f"commune « {cell[:60]} » : code INSEE attendu ; {cure}")


def read_list(cell: str, _: Vocabulary) -> tuple[str, ...]:
    """Read phrases separated by |, each once."""
    phrases = [clean(part).replace("\n", " ").strip() for part in cell.split("|")]
    for phrase in phrases:
        if len(phrase) > LONGEST_PHRASE:
            raise BadCell(f"« {phrase[:40]}… » : plus de {LONGEST_PHRASE} caractères, coupez avec |")
    return tuple(dict.fromkeys(phrase for phrase in phrases if phrase))


def read_sectors(cell: str, words: Vocabulary) -> tuple[str, ...]:
    """Read filières, by their slugs or their whole labels."""
    known = words.taxonomy.of(Scheme.SECTOR)
    labels = {fold(term.label): slug for slug, term in known.items()}
    slugs = [labels.get(fold(one), one) for one in read_list(cell, words)]
    for slug in slugs:
        if slug not in known:
            near = nearest(fold(slug).replace(" ", "-"), known) or labels.get(nearest(fold(slug), labels), "")
            hint = f", vouliez-vous « {near} » ?" if near else f" (admises : {', '.join(known)})"
            raise BadCell(f"filière inconnue « {slug[:60]} »{hint}")
    return tuple(dict.fromkeys(slugs))


def read_countries(cell: str, words: Vocabulary) -> tuple[str, ...]:
    """Read ISO 3166-1 alpha-2 codes."""
    codes = tuple(code.upper() for code in read_list(cell, words))
    for code in codes:
        if not re.fullmatch(r"[A-Z]{2}", code):
            raise BadCell(f"pays « {code[:40]} » : deux lettres attendues (DE, MA…), séparées par |")
        if code in {"UK", "EL"}:
            raise BadCell(f"pays « {code} » : le code ISO est {'GB' if code == 'UK' else 'GR'}")
    return tuple(dict.fromkeys(codes))


def read_date(cell: str, words: Vocabulary) -> date:
    """Read a day, « 2014-03-01 » or « 01/03/2014 »; none of the future."""
    found = _ISO_DAY.fullmatch(cell.strip()) or _FRENCH_DAY.fullmatch(cell.strip())
    day = _day(found["y"], found["m"], found["d"]) if found else None
    if day is None:
        raise BadCell(f"« {cell[:40]} » n'est pas un jour : écrivez 2014-03-01 ou 01/03/2014")
    if day > words.today:
        raise BadCell(f"« {cell[:40]} » est dans l'avenir : vérifiez l'année")
    return day


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def read_website(cell: str, _: Vocabulary) -> str:
    """Read the address of a web site; « www.phytalis.fr » stands for « https://www.phytalis.fr/ »."""
    text = clean(cell).strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host) or "@" in parts.netloc or " " in text:
        raise BadCell(f"site « {cell[:60]} » : une adresse web est attendue, par exemple www.phytalis.fr")
    if len(text) > LONGEST_PHRASE:
        raise BadCell(f"site de plus de {LONGEST_PHRASE} caractères : gardez la page d'accueil")
    authority = f"{host}:{port}" if port else host
    return parts._replace(scheme=parts.scheme, netloc=authority, path=parts.path or "/", fragment="").geturl()


def read_languages(cell: str, words: Vocabulary) -> tuple[str, ...]:
    """Read ISO 639-1 codes."""
    codes = tuple(_LANGUAGES.get(fold(code), code.lower()) for code in read_list(cell, words))
    for code in codes:
        if not re.fullmatch(r"[a-z]{2}", code):
            raise BadCell(f"langue « {code[:40]} » : deux lettres attendues (fr, en, it…), séparées par |")
    return tuple(dict.fromkeys(codes))
