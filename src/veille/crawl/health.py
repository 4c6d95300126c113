"""The state of a source as staff read it: one French sentence and what to do next (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from veille.crawl.blockers import Blocker, blocker_of
from veille.errors import ParseError
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, ParsedFeed, SourceHealth, SourceState

#: A source is silent after three times its usual gap, and not before this: most publish on working days only.
_SHORTEST_SILENCE = timedelta(days=5)
_GAPS_OF_SILENCE = 3
#: Where too few dates tell its rhythm: a source that brings less than four things a year is worth a look.
_UNKNOWN_SILENCE = timedelta(days=90)

_WAIT = "rien à faire : la prochaine relève réessaiera"
_ADDRESS = "corrigez l'adresse dans sources.yaml, ou retirez la source"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A health, its sentence, what to do (empty = nothing), and the status that the server gave."""

    health: SourceHealth
    sentence: str
    next_step: str = ""
    http_status: int | None = None


_FAULTS = {
    FetchFault.REFUSED_URL: (SourceHealth.BLOCKED, _ADDRESS),
    FetchFault.REFUSED_ADDRESS: (SourceHealth.BLOCKED, "si ce serveur est le vôtre, ajoutez son réseau à fetch.allow"),
    FetchFault.REFUSED_REDIRECT: (SourceHealth.BLOCKED, _ADDRESS),
    FetchFault.DNS: (SourceHealth.FAILING, "vérifiez le nom du site dans un navigateur"),
    FetchFault.UNRESOLVED: (
        SourceHealth.FAILING,
        "si toutes les sources le disent : vérifiez l'accès de cette machine au web",
    ),
    FetchFault.TLS: (SourceHealth.FAILING, "signalez au site que son certificat n'est pas valide"),
    FetchFault.TOO_BIG: (SourceHealth.INVALID, "cherchez un flux plus court du même site, ou relevez fetch.max_bytes"),
    FetchFault.REDIRECTS: (SourceHealth.FAILING, _ADDRESS),
    FetchFault.KEY: (
        SourceHealth.BLOCKED,
        "définissez cette variable là où veille est lancée, ou demandez une clé à ce service",
    ),
    FetchFault.FOLDER_REFUSED: (
        SourceHealth.BLOCKED,
        "ajoutez ce dossier à fetch.allow_folders dans veille.toml, ou corrigez l'adresse",
    ),
    FetchFault.LOGIN: (SourceHealth.BLOCKED, "vérifiez le mot de passe ou le jeton de cette boîte"),
    FetchFault.MAILBOX: (SourceHealth.FAILING, "créez ce dossier dans votre messagerie, ou corrigez l'adresse"),
    FetchFault.FOLDER: (SourceHealth.FAILING, "vérifiez que ce dossier existe et que veille peut le lire"),
    FetchFault.ROBOTS: (
        SourceHealth.BLOCKED,
        "demandez au site d'autoriser cette veille, ou cherchez son flux ou sa lettre d'information",
    ),
}
_STATUSES = {
    401: (SourceHealth.BLOCKED, "le site demande un mot de passe", "demandez au site un flux ouvert"),
    402: (SourceHealth.BLOCKED, "le site demande un abonnement", "demandez au site un flux ouvert"),
    403: (
        SourceHealth.BLOCKED,
        "le site refuse de répondre à un programme",
        "demandez au site d'autoriser cette veille, ou cherchez son API ou sa lettre d'information",
    ),
    404: (SourceHealth.FAILING, "cette adresse n'existe pas", "cherchez la nouvelle adresse du flux sur le site"),
    407: (
        SourceHealth.BLOCKED,
        "un serveur mandataire demande un mot de passe",
        "vérifiez l'accès de cette machine au web",
    ),
    410: (SourceHealth.STOPPED, "le site a supprimé ce flux pour toujours", _ADDRESS + " ; elle n'est plus relevée"),
    429: (
        SourceHealth.BLOCKED,
        "le site trouve nos demandes trop fréquentes",
        "rien à faire : la relève ralentit d'elle-même",
    ),
    451: (SourceHealth.BLOCKED, "le site ne peut répondre pour une raison légale", _ADDRESS),
    503: (SourceHealth.FAILING, "le site est momentanément indisponible", _WAIT),
}


def diagnose(
    state: SourceState,
    outcome: FetchOutcome,
    reading: ParsedFeed | ParseError | None,
    *,
    had_validators: bool,
    same_body: bool,
    now: datetime,
    blocker: Blocker | None = None,
    patient: bool = False,
) -> Diagnosis:
    """Say how a source is after a visit; `state` already holds what the visit taught.

    `blocker` is what was seen in the place of a document that could not be read; `patient` says that silence is fine.
    """
    if isinstance(outcome, FetchFailed):
        health, step = _FAULTS.get(outcome.fault, (SourceHealth.FAILING, _WAIT))
        return Diagnosis(health, outcome.sentence, outcome.cure or step, outcome.status)
    if isinstance(reading, ParseError):
        return _blocked(blocker, outcome.status) if blocker else _unreadable(reading, outcome.status)
    if isinstance(reading, ParsedFeed):
        return _read(state, reading, outcome.status, None if patient else now)
    if same_body or (outcome.status == 304 and had_validators):  # noqa: PLR2004 - RFC 9110 §15.4.5
        return _same(state, outcome.status, None if patient else now)
    seen = blocker_of(outcome)
    return _blocked(seen, outcome.status) if seen else _refusal(outcome)


def _blocked(blocker: Blocker, status: int) -> Diagnosis:
    return Diagnosis(blocker.health, blocker.sentence, blocker.next_step, status)


def _unreadable(error: ParseError, status: int) -> Diagnosis:
    return Diagnosis(SourceHealth.INVALID, error.message, error.cure, status)


def _read(state: SourceState, feed: ParsedFeed, status: int, now: datetime | None) -> Diagnosis:
    if feed.sentence:
        return Diagnosis(SourceHealth.OK, feed.sentence, "", status)
    if not feed.entries:
        return _empty(status) if feed.listed is None else _no_letter(feed, feed.listed, status)
    silent = _silence(state, now)
    if silent is not None:
        return Diagnosis(SourceHealth.SILENT, silent, _SILENT_STEP, status)
    count = len(feed.entries)
    sentence = f"{count} entrée{'s' if count > 1 else ''} lue{'s' if count > 1 else ''}"
    return Diagnosis(SourceHealth.OK, f"{sentence} ({feed.remark})" if feed.remark else sentence, feed.advice, status)


def _no_letter(feed: ParsedFeed, listed: int, status: int) -> Diagnosis:
    """Word a folder of messages that brought no entry: an empty one, one of suggestions, or one of other people's."""
    if feed.suggestions:
        return Diagnosis(SourceHealth.OK, feed.remark, feed.advice, status)
    if not listed:
        step = "rien à faire si rien n'est arrivé ; sinon, vérifiez le dossier et l'abonnement à la lettre"
        return Diagnosis(SourceHealth.EMPTY, "le dossier ne contient aucun message", step, status)
    return Diagnosis(SourceHealth.EMPTY, feed.remark or "aucune lettre à lire", feed.advice, status)


def _same(state: SourceState, status: int, now: datetime | None) -> Diagnosis:
    if state.health is SourceHealth.EMPTY:  # as empty as it was, for the same reason
        return Diagnosis(SourceHealth.EMPTY, state.sentence, state.next_step, status)
    if not state.entries:
        return _empty(status)
    silent = _silence(state, now)
    if silent is not None:
        return Diagnosis(SourceHealth.SILENT, silent, _SILENT_STEP, status)
    step = state.next_step if state.health in {SourceHealth.OK, SourceHealth.UNCHANGED} else ""
    return Diagnosis(SourceHealth.UNCHANGED, "rien de nouveau depuis la dernière relève", step, status)


def _empty(status: int) -> Diagnosis:
    step = "rien à faire si le site n'a rien publié ; sinon, vérifiez l'adresse du flux"
    return Diagnosis(SourceHealth.EMPTY, "le flux ne contient aucune entrée", step, status)


_SILENT_STEP = "vérifiez sur le site s'il publie ailleurs"


def _silence(state: SourceState, now: datetime | None) -> str | None:
    """Return the sentence of a source that has been silent for three times its usual gap, else None."""
    if state.changed_at is None or now is None:
        return None
    silence = now - state.changed_at
    if state.gap is None:
        late = silence > _UNKNOWN_SILENCE
        return f"aucune nouveauté depuis {silence.days} jours ; son rythme n'est pas connu" if late else None
    if silence <= max(_SHORTEST_SILENCE, _GAPS_OF_SILENCE * timedelta(seconds=state.gap)):
        return None
    usual = max(1, round(state.gap / 86_400))
    rhythm = "un jour ou moins" if usual == 1 else f"{usual} jours"
    return f"aucune nouveauté depuis {silence.days} jours, pour un rythme habituel de {rhythm}"


def _refusal(outcome: Fetched) -> Diagnosis:
    """Word an answer that carried no feed."""
    status = outcome.status
    if status in _STATUSES:
        health, sentence, step = _STATUSES[status]
        return Diagnosis(health, f"{sentence} (HTTP {status})", step, status)
    if status == 304:  # noqa: PLR2004 - RFC 9110 §15.4.5
        sentence = "le site répond « inchangé » (HTTP 304) à une demande sans condition"
        return Diagnosis(SourceHealth.FAILING, sentence, "rien à faire : tout sera redemandé", status)
    if status < 300:  # noqa: PLR2004 - RFC 9110 §15.3
        return Diagnosis(SourceHealth.INVALID, f"réponse sans document utilisable (HTTP {status})", _ADDRESS, status)
    if status < 400:  # noqa: PLR2004 - RFC 9110 §15.4
        return Diagnosis(SourceHealth.FAILING, f"redirection sans destination (HTTP {status})", _ADDRESS, status)
    if status >= 500:  # noqa: PLR2004 - RFC 9110 §15.6
        return Diagnosis(SourceHealth.FAILING, f"le site est en panne (HTTP {status})", _WAIT, status)
    return Diagnosis(SourceHealth.FAILING, f"le site refuse la demande (HTTP {status})", _ADDRESS, status)
