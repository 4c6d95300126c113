"""One way out: a guard that a second client walks around guards nothing (Forem's audit, GHSA-hm22)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import veille

ROOT = Path(veille.__file__).parent
#: Whatever opens connections or fetches URLs by itself.
CLIENTS = {
    "aiohttp", "ftplib", "http.client", "httpcore", "httpx", "pycurl", "requests", "ssl", "urllib.request", "urllib3",
    "webbrowser", "xmlrpc",
}  # fmt: skip
#: Functions of allowed modules that do the same.
CALLS = {"open_connection", "create_connection", "sock_connect", "open_unix_connection", "urlopen", "urlretrieve"}
#: What a program may ask the socket module without opening anything.
HARMLESS = {"gethostname"}
#: Who else may, and why: none of them asks a source for anything.
OTHERS = {
    "digest": {"ssl", "socket", "open_connection", "create_connection"},  # SMTP to the configured relay
}


def uses(path: Path) -> Iterator[str]:
    """Yield the client modules a file imports and the connecting functions it names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (client for alias in node.names for client in CLIENTS if within(alias.name, client))
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            yield from (client for name in names for client in CLIENTS if within(name, client))
            if node.module == "socket" and {alias.name for alias in node.names} - HARMLESS:
                yield "socket"
        elif isinstance(node, ast.Attribute):
            if node.attr in CALLS:
                yield node.attr
            elif isinstance(node.value, ast.Name) and node.value.id == "socket" and node.attr not in HARMLESS:
                yield "socket"


def within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def test_only_net_opens_connections_to_sources() -> None:
    found = {}
    for path in ROOT.rglob("*.py"):
        room = path.relative_to(ROOT).parts[0]
        if room != "net" and (extra := set(uses(path)) - OTHERS.get(room, set())):
            found[str(path.relative_to(ROOT))] = extra
    assert found == {}


def test_net_itself_is_seen_by_the_search() -> None:
    assert {"httpx", "httpcore", "socket"} <= {use for path in (ROOT / "net").glob("*.py") for use in uses(path)}
