"""One mail after another over one connection, phase by phase, so that the outcome of each is exact.

Until the final dot has been written the server cannot have taken a mail: whatever happens, « deferred ». Once it is
written and no answer came, nobody knows: « uncertain », and nothing here tries again.
"""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from veille.digest.mail.opening import Opened, Patience
from veille.digest.mail.replies import Reply
from veille.digest.mail.wire import Late, Lost
from veille.model import DeliveryState, OutgoingMail, SendOutcome

#: Called when the body starts to leave; what it returns is awaited before the final dot: nothing can be taken earlier.
Begin = Callable[[], Awaitable[None]]

_GO_ON, _BAD_DOT = 354, "réponse illisible après la fin"
_CLOSING = 421
#: A line, but the first, that begins with a dot; to look for one takes half as long as to replace it.
_DOTTED = re.compile(rb"\n\.")


class Dialogue:
    """The mails of one connection."""

    def __init__(self, opened: Opened, patience: Patience) -> None:
        self._wire = opened.wire
        self._offers = opened.offers
        self._patience = patience
        self.server = opened.server
        size = self._offers.get("SIZE", "")
        self._largest = int(size) if size.isdecimal() and len(size) < 16 else 0  # noqa: PLR2004 - a petabyte
        self._pipelining = "PIPELINING" in self._offers
        #: The relay ended the connection rather than begin the mail that it was offered last.
        self.turned_away = False

    @property
    def over(self) -> bool:
        """Tell whether this connection takes no further mail."""
        return self._wire.over

    async def send(self, mail: OutgoingMail, begin: Begin) -> SendOutcome:
        """Send one mail once and say what became of it; what `begin` raises ends the connection before the dot."""
        body = stuffed(mail.raw)
        unfit = self._unfit(mail, len(body))
        if unfit is not None:
            return unfit
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(self._wire.close)
            outcome = await self._talk(mail, body, begin)
            on_failure.pop_all()
        if _too_large(outcome):
            return replace(outcome, reply=f"{outcome.reply} (message de {len(body)} octets)")
        return outcome

    async def _talk(self, mail: OutgoingMail, body: bytes, begin: Begin) -> SendOutcome:
        try:
            refusal = await self._envelope(mail, len(body))
        except Lost as error:
            self.turned_away = not isinstance(error, Late)
            return self._cut(DeliveryState.DEFERRED, "mail", f"connexion coupée avant le message : {error}")
        if refusal is not None:
            return refusal
        try:
            await self._body(body, begin)
        except Lost as error:
            return self._cut(DeliveryState.DEFERRED, "body", f"connexion coupée avant la fin : {error}")
        return await self._finish()

    async def leave(self) -> None:
        """Say goodbye."""
        if not self._wire.over:
            self._wire.write(b"QUIT\r\n")
            try:
                await self._wire.reply(self._patience.leave)
            except Lost:
                return
        self._wire.close()

    def _unfit(self, mail: OutgoingMail, size: int) -> SendOutcome | None:
        """Refuse ourselves what the relay has said it cannot take, or what would be another command."""
        envelope = mail.sender + mail.recipient
        if not envelope.isprintable() or any(sign in envelope for sign in " <>"):
            return _ours("adresse impropre à l'envoi", "5.1.3")
        if self._largest and size > self._largest:
            return _ours(f"message de {size} octets, le relais n'en prend que {self._largest}", "5.3.4")
        if not envelope.isascii() and "SMTPUTF8" not in self._offers:
            return _ours("le relais ne prend pas les adresses accentuées (SMTPUTF8)", "5.6.7")
        if not mail.raw.isascii() and "8BITMIME" not in self._offers:
            return _ours("le relais ne prend que de l'ASCII (8BITMIME)", "5.6.1")
        return None

    async def _envelope(self, mail: OutgoingMail, size: int) -> SendOutcome | None:
        """MAIL, RCPT, DATA: return the outcome of the first that is refused."""
        commands = (
            ("mail", f"MAIL FROM:<{mail.sender}>{self._options(mail, size)}\r\n", self._patience.command),
            ("rcpt", f"RCPT TO:<{mail.recipient}>\r\n", self._patience.command),
            ("data", "DATA\r\n", self._patience.data),
        )
        if not self._wire.quiet:
            raise Lost("le relais parle sans qu'on lui demande rien")
        answers = await self._exchange(commands)
        refusals = [one for one in answers if not _granted(*one)]
        if not refusals:
            return None
        outcome = self._refused(*refusals[0])
        if _granted(*answers[-1]):
            await self._nothing()
        await self._reset()
        return outcome

    async def _exchange(self, commands: Sequence[tuple[str, str, float]]) -> list[tuple[str, Reply]]:
        """Return the answers to (phase, line, patience): until the first refusal, or all where lines leave together."""
        answers: list[tuple[str, Reply]] = []
        if self._pipelining:
            self._wire.write("".join(line for _, line, _ in commands).encode())
        for phase, line, seconds in commands:
            if not self._pipelining:
                self._wire.write(line.encode())
            try:
                answers.append((phase, await self._wire.reply(seconds)))
            except Lost:
                if all(_granted(*one) for one in answers):
                    raise
                break  # it refused, then hung up: the refusal counts
            if not self._pipelining and not _granted(*answers[-1]):
                break
        return answers

    def _options(self, mail: OutgoingMail, size: int) -> str:
        found = f" SIZE={size}" if "SIZE" in self._offers else ""
        if not mail.raw.isascii():
            found += " BODY=8BITMIME"
        return found if (mail.sender + mail.recipient).isascii() else f"{found} SMTPUTF8"

    async def _body(self, body: bytes, begin: Begin) -> None:
        """Send all but the dot; raises Lost where the server hung up or spoke, for then it has taken nothing."""
        self._wire.write(body)
        begun = begin()
        await self._wire.flush(self._patience.body)
        await begun
        await asyncio.sleep(0)  # let the loop read what the server may have said meanwhile
        if not self._wire.quiet:
            self._wire.close()
            raise Lost("le relais a coupé ou parlé avant la fin du message")

    async def _finish(self) -> SendOutcome:
        """Send the final dot. From here on the server may have the mail."""
        self._wire.write(b".\r\n")
        try:
            reply = await self._wire.reply(self._patience.dot)
        except Lost as error:
            return self._cut(DeliveryState.UNCERTAIN, "dot", f"connexion coupée après la fin : {error}")
        if reply.kind == 2:  # noqa: PLR2004 - RFC 5321 §4.2.1, positive completion
            return self._outcome(DeliveryState.SENT, "dot", reply)
        if reply.kind == 3:  # noqa: PLR2004 - as above: no answer to a dot
            return self._cut(DeliveryState.UNCERTAIN, "dot", f"{_BAD_DOT} : {reply.code} {reply.text}")
        return self._refused("dot", reply)

    def _refused(self, phase: str, reply: Reply) -> SendOutcome:
        """4xx: later; 5xx: never; 421 and what is neither end the connection too (RFC 5321 §3.8, §4.2.1)."""
        if reply.code == _CLOSING or reply.kind not in {4, 5}:
            self._wire.close()
            self.turned_away = phase == "mail"
        permanent = reply.kind == 5  # noqa: PLR2004 - RFC 5321 §4.2.1
        return self._outcome(DeliveryState.REJECTED if permanent else DeliveryState.DEFERRED, phase, reply)

    async def _nothing(self) -> None:
        """End a message that has no recipient: DATA was granted though the envelope was refused (RFC 2920 §3.1)."""
        self._wire.write(b".\r\n")
        try:
            await self._wire.reply(self._patience.dot)
        except Lost:
            self._wire.close()

    async def _reset(self) -> None:
        """Leave the refused transaction; a connection that does not answer is dropped."""
        if self._wire.over:
            return
        self._wire.write(b"RSET\r\n")
        try:
            reply = await self._wire.reply(self._patience.command)
        except Lost:
            return
        if reply.kind != 2:  # noqa: PLR2004 - RFC 5321 §4.1.1.5
            self._wire.close()

    def _cut(self, state: DeliveryState, phase: str, reply: str) -> SendOutcome:
        self._wire.close()
        return SendOutcome(state=state, reply=reply, phase=phase, server=self.server)

    def _outcome(self, state: DeliveryState, phase: str, reply: Reply) -> SendOutcome:
        return SendOutcome(
            state=state, reply=reply.text, smtp_code=reply.code, enhanced=reply.enhanced, phase=phase,
            server=self.server,
        )  # fmt: skip


def _granted(phase: str, reply: Reply) -> bool:
    return reply.code == _GO_ON if phase == "data" else reply.kind == 2  # noqa: PLR2004 - RFC 5321 §4.2.1


def _too_large(outcome: SendOutcome) -> bool:
    """Tell whether a relay refused a mail for its size (RFC 3463 §3.3, §3.4); a bare 552 to RCPT is a full mailbox."""
    bare = outcome.smtp_code == 552 and not outcome.enhanced and outcome.phase != "rcpt"  # noqa: PLR2004 - RFC 5321 §4.2.3
    return bare or outcome.enhanced in {"5.3.4", "5.2.3"}


def _ours(reply: str, enhanced: str) -> SendOutcome:
    return SendOutcome(state=DeliveryState.REJECTED, reply=reply, enhanced=enhanced, phase="envelope")


def stuffed(raw: bytes) -> bytes:
    """Double leading dots (RFC 5321 §4.5.2) and end with CRLF, so that the dot is ours alone to send."""
    whole = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    if not whole.startswith(b".") and not _DOTTED.search(whole):
        return whole
    doubled = whole.replace(b"\r\n.", b"\r\n..")
    return (b"." + doubled) if doubled.startswith(b".") else doubled
