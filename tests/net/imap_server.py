"""A small IMAP server on loopback, over TLS: folders, every command it heard, and what a test has it do wrong."""

import asyncio
import base64
import re
import shlex
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.net.hostile import CERTIFICATES

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ARRIVED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@dataclass
class Folder:
    """One folder: UID → message."""

    messages: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    arrived: datetime = ARRIVED
    tell_next: bool = True

    @property
    def following(self) -> int:
        return max(self.messages, default=0) + 1


#: What a test does in the place of a command: write anything; True = the command is done with.
Trick = Callable[["Session", str, list[str]], Awaitable[bool]]


@dataclass
class MailServer:
    """What the server holds and what it heard."""

    folders: dict[str, Folder] = field(default_factory=dict)
    user: str = "veille@pole.example"
    password: str = "s3cret"
    token: str = ""
    delimiter: str = "/"
    greeting: bytes = b"* OK ready\r\n"
    capabilities: str = "IMAP4rev1 AUTH=XOAUTH2 AUTH=PLAIN"
    tricks: dict[str, Trick] = field(default_factory=dict)
    port: int = 0
    #: « LOGIN », « EXAMINE "…" »… without tags; passwords as they came.
    heard: list[str] = field(default_factory=list)
    connections: int = 0

    def url(self, folder: str = "Lettres", host: str = "feeds.example") -> str:
        return f"imaps://{self.user}@{host}:{self.port}/{folder}"

    def commands(self) -> list[str]:
        return [
            line.split(" ", 1)[0] if not line.startswith("UID") else " ".join(line.split(" ")[:2])
            for line in self.heard
        ]


@dataclass
class Session:
    """One connection."""

    server: MailServer
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    folder: Folder = field(default_factory=Folder)

    async def say(self, text: bytes | str) -> None:
        if self.writer.is_closing():  # what is written to a closed connection is dropped without a word
            raise ConnectionResetError
        self.writer.write(text.encode() if isinstance(text, str) else text)
        await self.writer.drain()
        await asyncio.sleep(0)  # drain alone lets nobody else run, not even the news that the client left

    async def run(self) -> None:
        await self.say(self.server.greeting)
        while line := await self.reader.readline():
            tag, _, command = line.decode().rstrip("\r\n").partition(" ")
            self.server.heard.append(command)
            words = shlex.split(command) if '"' in command else command.split(" ")
            name = words[0].upper()
            if name == "UID":
                name, words = f"UID {words[1].upper()}", words[1:]
            trick = self.server.tricks.get(name)
            if trick is not None and await trick(self, tag, words):
                continue
            await getattr(self, "do_" + name.lower().replace(" ", "_"))(tag, words, command)
            if name == "LOGOUT":
                return

    async def do_capability(self, tag: str, _words: list[str], _line: str) -> None:
        await self.say(f"* CAPABILITY {self.server.capabilities}\r\n{tag} OK done\r\n")

    async def do_login(self, tag: str, words: list[str], _line: str) -> None:
        good = words[1:] == [self.server.user, self.server.password]
        await self.say(f"{tag} OK in\r\n" if good else f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials\r\n")

    async def do_authenticate(self, tag: str, words: list[str], _line: str) -> None:
        await self.say("+ \r\n")
        answer = base64.b64decode(await self.reader.readline())
        if words[1] == "PLAIN":
            good = answer == f"\0{self.server.user}\0{self.server.password}".encode()
        else:
            good = answer == f"user={self.server.user}\x01auth=Bearer {self.server.token}\x01\x01".encode()
        if not good and words[1] == "XOAUTH2":
            await self.say(b"+ " + base64.b64encode(b'{"status":"400"}') + b"\r\n")
            assert (await self.reader.readline()).strip() == b""
        await self.say(f"{tag} OK in\r\n" if good else f"{tag} NO AUTHENTICATE failed.\r\n")

    async def do_list(self, tag: str, _words: list[str], _line: str) -> None:
        await self.say(f'* LIST (\\Noselect) "{self.server.delimiter}" ""\r\n{tag} OK done\r\n')

    async def do_examine(self, tag: str, words: list[str], _line: str) -> None:
        found = self.server.folders.get(words[1])
        if found is None:
            await self.say(f"{tag} NO [NONEXISTENT] Unknown Mailbox: {words[1]}\r\n")
            return
        self.folder = found
        told = f"* OK [UIDNEXT {found.following}] next\r\n" if found.tell_next else ""
        await self.say(
            f"* {len(found.messages)} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {found.validity}] valid\r\n{told}"
            f"{tag} OK [READ-ONLY] done\r\n"
        )

    async def do_uid_search(self, tag: str, words: list[str], _line: str) -> None:
        uids = sorted(self.folder.messages)
        if words[1] == "UID":
            start = int(words[2].split(":")[0])
            uids = [uid for uid in uids if uid >= start] or uids[-1:]
        elif words[1] == "SINCE":
            day, month, year = words[2].split("-")
            since = datetime(int(year), MONTHS.index(month) + 1, int(day), tzinfo=UTC)
            uids = uids if self.folder.arrived >= since else []
        await self.say(f"* SEARCH {' '.join(map(str, uids))}\r\n{tag} OK done\r\n")

    async def do_uid_fetch(self, tag: str, words: list[str], line: str) -> None:
        for uid in [int(one) for one in words[1].split(",")]:
            raw = self.folder.messages.get(uid)
            if raw is not None:
                await self.say(self.fetched(uid, raw, line))
        await self.say(f"{tag} OK done\r\n")

    def fetched(self, uid: int, raw: bytes, line: str) -> bytes:
        when = self.folder.arrived
        arrived = f"{when.day:2d}-{MONTHS[when.month - 1]}-{when.year} {when:%H:%M:%S} +0000"
        partial = re.search(r"BODY\.PEEK\[\]<0\.(\d+)>", line)
        if partial:
            part, name = raw[: int(partial[1])], "BODY[]<0>"
        else:
            wanted = re.search(r"HEADER\.FIELDS \(([^)]*)\)", line)
            assert wanted, line
            part, name = fields(raw, wanted[1].split(" ")), f"BODY[HEADER.FIELDS ({wanted[1]})]"
        place = sorted(self.folder.messages).index(uid) + 1
        head = f'* {place} FETCH (UID {uid} INTERNALDATE "{arrived}" {name} {{{len(part)}}}\r\n'
        return head.encode() + part + b")\r\n"

    async def do_logout(self, tag: str, _words: list[str], _line: str) -> None:
        await self.say(f"* BYE see you\r\n{tag} OK done\r\n")


def fields(raw: bytes, names: list[str]) -> bytes:
    """Return the named header fields of a message, folded lines with them."""
    kept, keep = b"", False
    for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        if not line[:1].isspace():
            keep = line.split(b":", 1)[0].upper().decode("latin-1") in names
        kept += line + b"\r\n" if keep else b""
    return kept + b"\r\n"


@asynccontextmanager
async def mail_server(server: MailServer, certificate: str = "valid") -> AsyncIterator[MailServer]:
    """Serve until the end of the block."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        server.connections += 1
        try:
            await Session(server, reader, writer).run()
        except (ConnectionError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            tasks.discard(task)
            writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # let transports close, so that no socket is left to the garbage collector
