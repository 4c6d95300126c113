"""digests/<name>/: what a bulletin holds and when it leaves. Files of the instance win over those that ship.

`digest.yaml` describes it, each key that the instance does not give taken from the file that ships;
`subject.txt.jinja`, `body.txt.jinja` and `body.html.jinja` draw it. A template that a digest does not have is taken
from `digests/_base/`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from veille.config.problems import nearest, read_text, refuse
from veille.config.sending_hours import DAYS, Day, SendingHours, local_hour
from veille.config.yaml_source import load_yaml
from veille.errors import ConfigError, InputError

SUBJECT, TEXT, HTML = "subject.txt.jinja", "body.txt.jinja", "body.html.jinja"
TEMPLATES = (SUBJECT, TEXT, HTML)
BASE = "_base"
#: After a digest's name: the corrections of its issues. No digest's own name may hold that sign.
ERRATUM = "_erratum"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
#: What a file of an alert may not say, as nothing would come of it: key → the only value that is true of every alert.
_NOT_OF_ALERTS: dict[str, Any] = {"build": None, "send": None, "rhythm": "daily", "welcome": 0}


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Moment(_Strict):
    """A local day and hour."""

    day: Day = Field("friday", description="jour, en anglais : monday … sunday (premier de la période)")
    at: str = Field("07:30", description="heure locale HH:MM, hors 02:00–03:00")

    @field_validator("at")
    @classmethod
    def _hour(cls, value: str) -> str:
        return local_hour(value)

    @property
    def time(self) -> time:
        """The local time of day."""
        return time.fromisoformat(self.at)

    @property
    def weekday(self) -> int:
        """0 = Monday."""
        return DAYS.index(self.day)


SectionKind = Literal["seize", "partners", "deadlines", "understand", "followed", "network", "window"]


class SectionPlan(_Strict):
    """One section of the bulletin."""

    kind: SectionKind = Field(
        description="nature : seize, partners, deadlines, understand, followed (noms suivis), network ou window"
    )
    title: str = Field(min_length=1, max_length=60, description="titre imprimé")
    max: int = Field(ge=1, le=20, description="nombre d'éléments au plus")
    least: float = Field(
        0.0, ge=0, le=2, allow_inf_nan=False, description="note à atteindre pour y entrer (« veille why » la dit)"
    )
    types: tuple[str, ...] = Field((), description="types d'opportunité qui y entrent (taxonomie)")


class Alert(_Strict):
    """What is worth a mail between two bulletins."""

    days: int = Field(10, ge=1, le=30, description="clôt dans moins de tant de jours, à une date sûre")
    score: float = Field(
        0.9, ge=0, le=2, allow_inf_nan=False, description="note à atteindre pour un lecteur (« veille why » la dit)"
    )


class Digest(_Strict):
    """One digest.yaml."""

    version: Literal[1] = Field(description="version de ce format : 1")
    title: str = Field(min_length=1, max_length=80, description="titre imprimé en tête")
    rhythm: Literal["weekly", "daily", "monthly"] = Field("weekly", description="weekly, daily ou monthly")
    build: Moment = Field(Moment(day="wednesday", at="08:00"), description="quand le brouillon se fait")
    send: Moment = Field(Moment(), description="quand l'édition part")
    hours: SendingHours = Field(SendingHours(), description="jours et heures où les mails partent d'eux-mêmes")
    window_hours: int = Field(48, ge=1, le=168, description="au-delà, l'édition est périmée et ne part plus")
    max_items: int = Field(12, ge=1, le=40, description="éléments au plus par bulletin")
    max_words: int = Field(650, ge=100, le=5_000, description="mots au plus par bulletin, pied de page non compris")
    essential: int = Field(3, ge=0, le=5, description="éléments mis en tête, dans « L'essentiel »")
    per_source: int = Field(4, ge=1, le=40, description="éléments au plus d'une même source")
    relevance: float = Field(
        0.8, ge=0.5, le=1, description="ce que pèse la pertinence contre la variété, de 0,5 à 1 (λ de MMR)"
    )
    common: int = Field(2, ge=0, le=5, description="éléments du tronc commun, les mêmes pour tous")
    welcome: int = Field(
        10, ge=0, le=20, description="appels ouverts, de tout âge, d'un premier bulletin ; 0 = pas de bienvenue"
    )
    enough: int = Field(
        0,
        ge=0,
        le=20,
        description="nouveautés au-delà desquelles un appel qui peut attendre est gardé pour une semaine creuse ; "
        "0 = rien n'attend",
    )
    recall_days: int = Field(3, ge=1, le=14, description="le rappel part dans la dernière édition qui laisse ces jours")
    news_days: int = Field(21, ge=1, le=366, description="âge au plus d'une actualité ; un appel ouvert n'a pas d'âge")
    fallback: Literal["hold", "validated", "automatic"] = Field(
        "hold",
        description="sans approbation à l'heure dite : hold (retenir), validated (seuls les contenus relus), "
        "automatic (tout, avec la mention « sélection automatique, non relue »)",
    )
    two_hands: bool = Field(
        default=False, description="true = qui a retouché l'édition en dernier ne l'approuve pas : une autre personne"
    )
    alert: Alert | None = Field(
        None,
        description="présent : rien que l'urgent et ce que l'équipe a mis en tête, à qui a demandé des alertes",
    )
    sections: tuple[SectionPlan, ...] = Field(min_length=1, description="sections, dans l'ordre du bulletin")

    @model_validator(mode="after")
    def _no_double(self) -> "Digest":
        kinds = [section.kind for section in self.sections]
        if len(set(kinds)) != len(kinds):
            raise ValueError("deux sections de même nature : gardez-en une")
        types = [term for section in self.sections if section.kind != "window" for term in section.types]
        if len(set(types)) != len(types):
            raise ValueError("un type d'opportunité est dans deux sections : choisissez")
        return self

    @model_validator(mode="after")
    def _leaves_in_hours(self) -> "Digest":
        if self.alert is not None:  # it leaves whenever something presses, within its hours
            return self
        away = self.rhythm != "daily" and self.send.day not in self.hours.days
        if away or not self.hours.holds(self.send.time):
            raise ValueError(
                f"l'envoi ({self.send.day} {self.send.at}) tombe hors des heures d'envoi : "
                "changez « send » ou « hours »"
            )
        return self

    def section(self, kind: str) -> SectionPlan | None:
        """Return the section of that kind, if the digest has it."""
        return next((section for section in self.sections if section.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Definition:
    """A digest with its templates."""

    name: str
    digest: Digest
    #: Template name (`hebdo/body.html.jinja`) → source, `_base/` included.
    sources: dict[str, str] = field(repr=False)
    #: All templates ship with the program; others run in a child process with limits.
    trusted: bool = True

    @property
    def list_name(self) -> str:
        """The name of the list that it is sent to: an erratum goes to its digest's."""
        return self.name.removesuffix(ERRATUM)

    @property
    def corrects(self) -> bool:
        """Whether it stands for the corrections of a digest."""
        return self.name.endswith(ERRATUM)

    def erratum(self) -> "Definition":
        """Return what corrections of this digest are sent as: held until somebody approves each."""
        held = self.digest.model_copy(update={"fallback": "hold"})
        return replace(self, name=f"{self.name}{ERRATUM}", digest=held)

    def entry(self, template: str) -> str:
        """Return the name of the digest's own template, or of the base's where it has none."""
        own = f"{self.list_name}/{template}"
        return own if own in self.sources else f"{BASE}/{template}"


def digest_names(folders: Sequence[Path]) -> list[str]:
    """Return the names of the digests in those layers (`…/digests`), sorted."""
    found = {path.parent.name for folder in folders for path in folder.glob("*/digest.yaml")}
    return sorted(name for name in found if _NAME.fullmatch(name))


def load_digest(folders: Sequence[Path], name: str) -> Definition:
    """Read one digest from its layers, the instance's first; raises ConfigError with file, line, key and cure."""
    names = digest_names(folders)
    if name not in names:
        near = nearest(name, names)
        cure = f"vouliez-vous « {near} » ?" if near else f"bulletins connus : {', '.join(names) or 'aucun'}"
        raise InputError(f"bulletin inconnu « {name} »", cure=cure)
    paths = [folder / name / "digest.yaml" for folder in folders if (folder / name / "digest.yaml").is_file()]
    sources, trusted = _templates(folders, name)
    return Definition(name, _layered(paths), sources, trusted)


def _layered(paths: Sequence[Path]) -> Digest:
    """Read a digest from its files, the nearest first: a file may give only what it changes."""
    whole: dict[str, Any] = {}
    read = []
    # The last one says everything. Each is judged as it joins: a mistake is that of the file that brought it.
    for path in reversed(paths):
        data, locate = load_yaml(path)
        if not isinstance(data, dict):
            raise ConfigError("table « clé : valeur » attendue", file=path, line=1, cure="commencez par « version: 1 »")
        whole = {**whole, **data}
        read.append((path, data, locate))
        try:
            digest = Digest.model_validate(whole)
        except ValidationError as error:
            raise refuse(error, Digest, path, locate) from error
    if digest.alert is not None:
        for path, data, locate in reversed(read):
            _check_alert(path, data, locate)
    return digest


def _check_alert(path: Path, data: dict[str, Any], locate: Callable[[tuple[Any, ...]], int]) -> None:
    """Refuse what would change nothing in an alert; raises ConfigError with the line of it."""
    for key, true in _NOT_OF_ALERTS.items():
        if key in data and (true is None or data[key] != true):
            raise ConfigError(
                f"une alerte n'a pas de « {key} » : elle part dès que quelque chose presse, dans ses « hours »",
                file=path,
                line=locate((key,)),
                key=key,
                cure=f"retirez « {key} », réglez « hours » et « alert », ou retirez « alert » : ce sera un bulletin",
            )


def load_digests(folders: Sequence[Path]) -> dict[str, Definition]:
    """Read every digest."""
    return {name: load_digest(folders, name) for name in digest_names(folders)}


def _templates(folders: Sequence[Path], name: str) -> tuple[dict[str, str], bool]:
    sources: dict[str, str] = {}
    trusted = True
    for layer in (BASE, name):
        paths = {path.name: path for folder in reversed(folders) for path in sorted((folder / layer).glob("*.jinja"))}
        for template, path in paths.items():
            sources[f"{layer}/{template}"] = read_text(path)
            trusted = trusted and path.parents[1] == folders[-1]
    missing = [template for template in TEMPLATES if not {f"{name}/{template}", f"{BASE}/{template}"} & set(sources)]
    if missing:
        raise ConfigError(
            "gabarit absent", file=folders[0] / name / missing[0], cure=f"créez-le, ou digests/{BASE}/{missing[0]}"
        )
    return sources, trusted
