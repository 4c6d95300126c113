"""Every way out of this machine for what is watched, as an instance's settings allow it."""

import os
from collections.abc import Awaitable, Callable

from veille.config.settings import Settings
from veille.net.addresses import Guard
from veille.net.doors import Doors
from veille.net.fetcher import GuardedFetcher
from veille.net.folders import Folders
from veille.net.keys import Keyed
from veille.net.mailboxes import Mailboxes
from veille.net.maildir import Maildirs
from veille.net.xoauth2 import AccessTokens
from veille.protocols import Clock, Fetcher


def way_out(settings: Settings, clock: Clock) -> Fetcher:
    """Return the guarded web client, with the keys of the environment, and the doors to what is not on the web."""
    fetch = settings.fetch
    contact = settings.cluster.contact or settings.site.url
    web = Keyed(GuardedFetcher(fetch, contact=contact, clock=clock), os.environ, clock, pause=fetch.host_delay)
    allowed = [settings.home / folder for folder in fetch.allow_folders]
    mailboxes = Mailboxes(
        settings.mailboxes,
        guard=Guard(tuple(fetch.allow)),
        tokens=AccessTokens(web, clock, settings.var / "mailboxes"),
        clock=clock,
        max_bytes=fetch.max_bytes,
    )
    maildirs = Maildirs([settings.home, *allowed], clock, max_bytes=fetch.max_bytes)
    folders = Folders(allowed, clock, max_bytes=fetch.max_bytes)
    return Doors(web, {"file": folders, "imaps": mailboxes, "maildir": maildirs})


def access_token(settings: Settings, clock: Clock, account: str) -> Callable[[], Awaitable[str]]:
    """Return what gives the access token of a mail account, asked through the guarded web client; raises TokenRefused.

    Each call may stand in an event loop of its own.
    """
    contact = settings.cluster.contact or settings.site.url
    web = GuardedFetcher(settings.fetch, contact=contact, clock=clock)
    tokens = AccessTokens(web, clock, settings.var / "mailboxes")

    async def current() -> str:
        try:
            return await tokens.get(account, settings.mailboxes[account])
        finally:
            await web.aclose()

    return current
