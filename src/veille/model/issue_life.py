"""Life of an issue: its states and the moves between them, in one table; any other move is refused in French."""

from enum import StrEnum

from veille.errors import InputError


class IssueState(StrEnum):
    """Where an issue stands."""

    #: The machine's alone: made again at will.
    DRAFT = "draft"
    #: Staff touched it: their choices are kept when the draft is made again.
    CURATED = "curated"
    #: Its content is stored and hashed; an edit takes it back to curated.
    FROZEN = "frozen"
    #: Somebody signed that hash; each mail is written in the ledger, queued.
    APPROVED = "approved"
    #: Its hour has come; it waits for the sending hours to open.
    QUEUED = "queued"
    SENDING = "sending"
    #: Stopped by somebody, or by itself on too many errors; resumed by hand.
    PAUSED = "paused"
    DONE = "done"
    #: What had not left at its end does not leave any more.
    EXPIRED = "expired"
    CANCELLED = "cancelled"


_S = IssueState

#: State → states it may take next. What is not here is refused.
MOVES: dict[IssueState, frozenset[IssueState]] = {
    _S.DRAFT: frozenset({_S.CURATED, _S.FROZEN, _S.CANCELLED, _S.EXPIRED}),
    _S.CURATED: frozenset({_S.FROZEN, _S.CANCELLED, _S.EXPIRED}),
    _S.FROZEN: frozenset({_S.CURATED, _S.APPROVED, _S.CANCELLED, _S.EXPIRED}),
    _S.APPROVED: frozenset({_S.CURATED, _S.QUEUED, _S.SENDING, _S.PAUSED, _S.DONE, _S.CANCELLED, _S.EXPIRED}),
    _S.QUEUED: frozenset({_S.CURATED, _S.SENDING, _S.PAUSED, _S.DONE, _S.CANCELLED, _S.EXPIRED}),
    _S.SENDING: frozenset({_S.PAUSED, _S.DONE, _S.CANCELLED, _S.EXPIRED}),
    _S.PAUSED: frozenset({_S.CURATED, _S.APPROVED, _S.SENDING, _S.DONE, _S.CANCELLED, _S.EXPIRED}),
    _S.DONE: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.CANCELLED: frozenset(),
}

#: Nobody signed it yet: its content may still change.
EDITABLE = (_S.DRAFT, _S.CURATED, _S.FROZEN)
#: Signed, not ended, and nothing holds it back.
OPEN = (_S.APPROVED, _S.QUEUED, _S.SENDING)
#: Signed and not ended.
LIVING = (*OPEN, _S.PAUSED)
#: Ended: nothing moves by itself any more; its doubts may still be settled, one by one.
ENDED = (_S.DONE, _S.EXPIRED, _S.CANCELLED)
#: A mail may leave of these: of an issue that is done, one that a person asked for again.
LEAVING = (*OPEN, _S.DONE)

#: « l'édition … est … ».
STATE_NAMES = {
    _S.DRAFT: "à l'état de brouillon",
    _S.CURATED: "à l'état de brouillon retouché",
    _S.FROZEN: "figée",
    _S.APPROVED: "approuvée",
    _S.QUEUED: "en file d'envoi",
    _S.SENDING: "en cours d'envoi",
    _S.PAUSED: "suspendue",
    _S.DONE: "envoyée",
    _S.EXPIRED: "périmée",
    _S.CANCELLED: "annulée",
}
#: « elle ne peut être … ».
_DONE_TO = {
    _S.DRAFT: "refaite",
    _S.CURATED: "retouchée",
    _S.FROZEN: "figée",
    _S.APPROVED: "approuvée",
    _S.QUEUED: "mise en file",
    _S.SENDING: "envoyée",
    _S.PAUSED: "suspendue",
    _S.DONE: "terminée",
    _S.EXPIRED: "périmée",
    _S.CANCELLED: "annulée",
}
_NEXT_WEEK = "faites l'édition suivante avec « veille digest build »"
#: State that refuses → what to do instead.
_CURES = {
    _S.DRAFT: "approuvez-la d'abord avec « veille digest approve »",
    _S.CURATED: "approuvez-la d'abord avec « veille digest approve »",
    _S.FROZEN: "approuvez-la avec « veille digest approve », ou retouchez-la : elle redevient un brouillon",
    _S.APPROVED: "rouvrez-la avec « veille digest reopen » tant que rien n'est parti, ou lancez l'envoi",
    _S.QUEUED: "rouvrez-la avec « veille digest reopen » tant que rien n'est parti, ou suspendez-la",
    _S.SENDING: "suspendez-la avec « veille digest pause » ; une erreur déjà partie se corrige par un erratum",
    _S.PAUSED: "reprenez-la avec « veille digest resume », ou annulez-la avec « veille digest cancel »",
    _S.DONE: "une erreur déjà partie se corrige avec « veille digest erratum »",
    _S.EXPIRED: _NEXT_WEEK,
    _S.CANCELLED: _NEXT_WEEK,
}


def check_move(name: str, state: IssueState, to: IssueState) -> None:
    """Refuse a move that is not in the table; `name` is « hebdo 2026-W48 ». Raises InputError with state and cure."""
    if to not in MOVES[state]:
        raise refused_move(name, state, to)


def refused_move(name: str, state: IssueState, to: IssueState, cure: str = "") -> InputError:
    """Return the refusal of a move, naming the state and the cure."""
    where = f"déjà {STATE_NAMES[state]}" if to is state else f"{STATE_NAMES[state]} : elle ne peut être {_DONE_TO[to]}"
    return InputError(f"l'édition {name} est {where}", cure=cure or _CURES[state])
