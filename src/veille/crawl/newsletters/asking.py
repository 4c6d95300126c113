"""What a mailbox is asked, by the options of its source (pure)."""

from veille.model import Request, Source
from veille.model.letters import DEFAULT_ACCOUNT
from veille.net.mailpack import DAYS, Asked, ask


def mailbox_request(source: Source, url: str) -> Request:
    """Return the request for the new messages of a folder: whose bodies are wanted, and from which account."""
    options = source.options
    listened = (*options.get("senders", ()), *options.get("forwarders", ()))
    senders = tuple(dict.fromkeys(str(sender).lower() for sender in listened))
    account = str(options.get("account", DEFAULT_ACCOUNT))
    return ask(url, Asked(account=account, senders=senders, days=int(options.get("days", DAYS))))
