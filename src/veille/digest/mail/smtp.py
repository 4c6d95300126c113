"""The way out through a relay: one or several kept connections, opened when needed, opened again when lost."""

import asyncio
import ssl
from collections.abc import Awaitable, Iterator, Sequence
from functools import partial

from veille.digest.mail.dialogue import Begin, Dialogue
from veille.digest.mail.opening import AccessToken, Patience, open_connection
from veille.digest.mail.relay import Relay
from veille.errors import RelayUnavailable
from veille.model import DeliveryState, OutgoingMail, SendOutcome

#: Kept connections unless told otherwise: enough to hide a relay's latency, few enough for any relay to grant.
CONNECTIONS = 4
#: Connections lost in a row, at any phase, after which the relay is left alone.
_LOST = 3


class SmtpLane:
    """One kept connection; a lost one is opened again for the next mail."""

    def __init__(
        self, relay: Relay, patience: Patience, context: ssl.SSLContext | None, token: AccessToken | None
    ) -> None:
        self._relay = relay
        self._patience = patience
        self._context = context
        self._token = token
        self._dialogue: Dialogue | None = None
        self._lost = 0

    async def send(self, mail: OutgoingMail, begin: Begin) -> SendOutcome:
        """Send one mail once; raises RelayUnavailable, before any byte of it, when no connection can be had or kept."""
        if self._lost >= _LOST:
            raise RelayUnavailable(
                f"le relais {self._relay} coupe la connexion ({self._lost} fois de suite)",
                cure="rien n'est perdu : relancez « veille digest send » plus tard",
            )
        kept = self._dialogue is not None and not self._dialogue.over
        dialogue = await self._open()
        outcome = await dialogue.send(mail, begin)
        if kept and dialogue.turned_away:
            # A connection that was kept has an end of its own: too long idle, or as many mails as the relay takes over
            # one (Exim: 421 at the thousand-and-first). What a new one says of this mail counts.
            dialogue = await self._open()
            outcome = await dialogue.send(mail, begin)
        self._lost = self._lost + 1 if dialogue.over and outcome.state is not DeliveryState.SENT else 0
        return outcome

    async def _open(self) -> Dialogue:
        if self._dialogue is None or self._dialogue.over:
            opened = await open_connection(self._relay, self._patience, context=self._context, token=self._token)
            self._dialogue = Dialogue(opened, self._patience)
        return self._dialogue

    async def close(self) -> None:
        """Say goodbye."""
        if self._dialogue is not None:
            await self._dialogue.leave()
            self._dialogue = None


class SmtpMailer:
    """Sends over kept connections."""

    def __init__(
        self,
        relay: Relay,
        *,
        connections: int = CONNECTIONS,
        patience: Patience | None = None,
        context: ssl.SSLContext | None = None,
        token: AccessToken | None = None,
    ) -> None:
        self.relay = relay
        #: How many mails may be in hand at once.
        self.connections = connections
        self._patience = patience or Patience()
        self._context = context
        self._ask_token = token
        self._asking: asyncio.Task[str] | None = None
        self._runner: asyncio.Runner | None = None
        self._own: SmtpLane | None = None

    def lane(self) -> SmtpLane:
        """Return one connection to be, for the event loop that runs."""
        token = None if self._ask_token is None else partial(self._token, self._ask_token)
        return SmtpLane(self.relay, self._patience, self._context, token)

    async def _token(self, ask: AccessToken) -> str:
        """Return the access token of the moment: connections that open at once ask for it together.

        A host that gives a new refresh token at each exchange may take a second one at the same time for a theft.
        """
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(ask())
        return await asyncio.shield(self._asking)

    def send(self, mails: Sequence[OutgoingMail]) -> Iterator[tuple[OutgoingMail, SendOutcome]]:
        """Send each mail once, in order, over one connection; raises RelayUnavailable when none can be had or kept."""
        if self._runner is None or self._own is None:
            self._runner, self._own = asyncio.Runner(), self.lane()
        for mail in mails:
            try:
                outcome = self._runner.run(self._own.send(mail, at_once))
            except RelayUnavailable:
                self.close()
                raise
            yield mail, outcome

    def close(self) -> None:
        """Say goodbye."""
        if self._runner is not None and self._own is not None:
            self._runner.run(self._own.close())
            self._runner.close()
            self._runner = self._own = None


def at_once() -> Awaitable[None]:
    """Begin without telling anybody: for a mail that no ledger follows."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    done.set_result(None)
    return done
