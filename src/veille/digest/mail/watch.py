"""When to stop by ourselves: too many refusals say that something is wrong with the issue or with us (pure)."""

from collections import Counter, deque

from veille.model import DeliveryState, SendOutcome

#: Answers looked back at, the share of refusals among them that stops an issue, and the fewest that can.
WINDOW, SHARE, LEAST = 100, 0.05, 5
#: The share of complaints that receivers never forgive (Gmail's and Yahoo's rule for bulk senders of 2024), and the
#: fewest that stop an issue: of eighty readers one is over it.
COMPLAINTS, FEWEST = 0.003, 2
#: RFC 3463 §3.2, §3.8: the two classes that a person deals with differently.
_ADDRESS, _POLICY = "5.1.", "5.7."


class Watch:
    """Looks at answers as they come."""

    def __init__(self) -> None:
        self._answers: deque[SendOutcome] = deque(maxlen=WINDOW)
        #: Why to pause, in French; empty while all is well.
        self.reason = ""

    def note(self, outcome: SendOutcome) -> None:
        """Count one answer; one that is no answer (deferred, uncertain) says nothing."""
        if outcome.state is DeliveryState.SENT:
            self._answers.append(outcome)
        elif outcome.state is DeliveryState.REJECTED:
            self._answers.append(outcome)
            self.reason = self.reason or self._judged()

    def complained(self, complaints: int, sent: int) -> None:
        """Look at the complaints about the mails of an issue."""
        if complaints >= FEWEST and complaints > COMPLAINTS * sent:
            self.reason = self.reason or f"{complaints} plaintes sur {sent} mails remis"

    def _judged(self) -> str:
        refused = [one for one in self._answers if one.state is DeliveryState.REJECTED]
        if len(refused) < LEAST or len(refused) <= SHARE * len(self._answers):
            return ""
        kinds = Counter(_kind(one) for one in refused)
        told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        return f"{len(refused)} refus sur les {len(self._answers)} derniers mails ({told}) : {refused[-1].reply}"[:300]


def _kind(outcome: SendOutcome) -> str:
    if outcome.enhanced.startswith(_ADDRESS):
        return "pour l'adresse (5.1.x)"
    if outcome.enhanced.startswith(_POLICY):
        return "par politique du destinataire (5.7.x)"
    return "pour une autre cause"
