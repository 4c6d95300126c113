"""How `veille digest` shows drafts, issues and their mails, as tables and as JSON lines."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from veille.cli.base import echo
from veille.french import counted

if TYPE_CHECKING:
    from veille.digest.desk import Built, Sent
    from veille.digest.showing import Shown
    from veille.model import Issue

STATES = {
    "draft": "brouillon", "curated": "brouillon retouché", "frozen": "figée", "approved": "approuvée",
    "queued": "en file d'envoi", "sending": "en cours d'envoi", "paused": "suspendue", "done": "envoyée",
    "expired": "périmée", "cancelled": "annulée",
}  # fmt: skip
_ENDED = {"done", "expired", "cancelled"}
_MAILS = {
    "queued": "en attente", "sending": "en cours", "sent": "remis au serveur", "deferred": "à réessayer",
    "rejected": "refusé", "uncertain": "incertain", "suppressed": "désinscrit", "skipped": "sans bulletin",
    "expired": "périmé",
}  # fmt: skip


def drafted_rows(built: "Built") -> list[dict[str, Any]]:
    """Return one line a reader: the ordered items with url, section and reasons."""
    rows = []
    for one in built.drafted:
        lines = {line.item_id: line for line in one.bulletin.lines} if one.bulletin else {}
        items = [
            {
                "url": lines[chosen.item_id].url,
                "section": chosen.section,
                "reasons": [reason.text for reason in chosen.reasons],
                "title": lines[chosen.item_id].title,
                "score": chosen.score,
            }
            for chosen in one.selection
            if chosen.item_id in lines
        ]
        rows.append(
            {
                "subscriber": one.subscriber.email,
                "digest": built.issue.digest,
                "period": built.issue.period,
                "items": items,
                "skipped": one.skipped or None,
            }
        )
    return rows


def status_row(one: "Sent") -> dict[str, Any]:
    """Return where an issue stands."""
    return {
        "digest": one.issue.digest,
        "period": one.issue.period,
        "number": one.issue.id,
        "state": one.state.value,
        "mails": dict(_count(one)),
        "coverage": one.issue.coverage,
        "doubtful": [mail.email for mail in one.doubtful],
    }


def title(issue: "Issue") -> str:
    """Return « Édition hebdo 2026-W48 »."""
    return f"Édition {issue.digest} {issue.period}"


def _count(sent: "Sent") -> list[tuple[str, int]]:
    return sorted(Counter(one.state.value for one in sent.deliveries).items())


def show_built(built: "Built", organisations: Mapping[int, str]) -> None:
    """Print a draft: each reader with what they get; whoever reads for several `organisations`, with each."""
    from veille.digest.rendering.inspecting import heavy

    if not built.fresh:
        echo(f"{title(built.issue)} : déjà {STATES[built.issue.state.value]}, laissée telle quelle.")
        return
    readers = [one for one in built.drafted if one.bulletin is not None]
    if not built.drafted:
        echo(f"{title(built.issue)} : brouillon vide, aucun abonné ; lancez « veille members import LISTE.csv ».")
        return
    echo(f"{title(built.issue)} : brouillon ; abonnés : {len(built.drafted)}, bulletins : {len(readers)}.")
    readings = Counter(one.subscriber.email for one in built.drafted)
    rows = [
        (
            one.subscriber.email
            + (f" ({organisations.get(one.subscriber.member_id, '?')})" if readings[one.subscriber.email] > 1 else ""),
            str(len(one.selection)) if one.bulletin else "—",
            one.bulletin.subject if one.bulletin else f"pas de mail : {one.skipped}",
        )
        for one in built.drafted
    ]
    table(("Abonné", "Éléments", "Objet"), rows)
    _tell_coverage(built.issue)
    if remark := heavy(built.issue.frame.get("heaviest", 0)):
        echo(f"attention, le plus lourd des bulletins : {remark}")
    if built.remark:
        echo(f"attention : {built.remark}")
    if readers:
        named = _named(built.issue)
        echo(f"Relisez avec « veille digest preview MEMBRE{named} », puis « veille digest approve{named} ».")


def show_sent(sent: "Sent") -> None:
    """Print where an issue and its mails stand."""
    echo(f"{title(sent.issue)} (n° {sent.issue.id}) : {_state(sent)}.")
    if sent.issue.approved_by:
        echo(f"Approuvée par {sent.issue.approved_by}.")
    _tell_coverage(sent.issue)
    if sent.outside:
        echo(f"Elle attend : {sent.outside}.")
    if sent.empty:
        echo("Aucun bulletin : rien à approuver. « veille digest build » la refait et dit pourquoi, abonné par abonné.")
        return
    if not sent.deliveries and sent.state.value in {"draft", "curated", "frozen"}:
        echo(f"Approuvez-la avec « veille digest approve{_named(sent.issue)} ».")
        return
    if sent.held:
        echo(f"Pourquoi : {sent.held}")
    if sent.state.value == "paused":
        echo("Reprenez-la avec « veille digest resume », ou annulez-la avec « veille digest cancel ».")
    if not sent.deliveries:
        echo("Aucun mail dans cette édition.")
        return
    table(("Mails", "Nombre"), [(_MAILS[state], str(number)) for state, number in _count(sent)])
    trouble = [one for one in sent.deliveries if one.state.value in {"uncertain", "rejected", "deferred", "suppressed"}]
    if trouble:
        table(("Abonné", "État", "Pourquoi"), [(one.email, _MAILS[one.state.value], one.reply) for one in trouble])
    if sent.doubtful:
        echo("Incertain : accepté ou non, on ne sait pas. Rien n'est renvoyé à l'aveugle : demandez à ces personnes,")
        echo("puis « veille digest settle ADRESSE --received », « --lost » ou « --resend » ; ou donnez le journal du")
        echo("relais ([mail] accept_log) et relancez « veille digest send ».")


def _state(sent: "Sent") -> str:
    """Return « terminée, 1 envoi douteux à vérifier » where it ended with doubts, else the state's name."""
    doubts = len(sent.doubtful)
    if sent.state.value not in _ENDED or not doubts:
        return STATES[sent.state.value]
    state = "terminée" if sent.state.value == "done" else STATES[sent.state.value]
    return f"{state}, {counted(doubts, 'envoi')} douteux à vérifier"


def _tell_coverage(issue: "Issue") -> None:
    if issue.coverage is not None:
        told = f"{issue.coverage} % des appels qui conviennent"
        echo(f"Couverture : {told} sont montrés à dix jours ou plus de leur clôture.")


def _named(issue: "Issue") -> str:
    """A correction is approved by its own name."""
    return f" --name {issue.digest}" if "_" in issue.digest else ""


def show_issue(shown: "Shown") -> None:
    """Print an issue as staff look at it: its items, what they chose by hand, what happened to it."""
    echo(f"{title(shown.issue)} : {STATES[shown.issue.state.value]}.")
    if shown.word:
        echo(f"Mot de la semaine : {shown.word}")
    if shown.items:
        rows = [(str(one.item_id), one.section, str(one.readers), one.hand, one.title) for one in shown.items]
        table(("N°", "Section", "Lecteurs", "À la main", "Titre"), rows)
    else:
        echo("Aucun article : personne n'a de bulletin.")
    if shown.left_out:
        table(("N°", "Laissé de côté"), [(str(number), title_) for number, title_ in shown.left_out])
    if shown.events:
        told = [(one.at, STATES[one.state.value], one.by or "le programme", one.why) for one in shown.events]
        table(("Quand", "État", "Par", "Pourquoi"), told)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their heads."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from veille.text import printable

    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    Console().print(table)
