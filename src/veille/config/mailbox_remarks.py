"""What `sources check` says of mailboxes that could be told lies (pure)."""

from collections.abc import Iterable, Iterator, Mapping

from veille.config.mail_accounts import PREFIX, MailAccount
from veille.model import Source
from veille.model.letters import DEFAULT_ACCOUNT

#: Domains where anybody has an address: admitting one of them admits everybody.
_EVERYBODY = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.fr", "live.com",
    "yahoo.com", "yahoo.fr", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "bbox.fr", "icloud.com",
    "proton.me", "protonmail.com", "gmx.fr", "gmx.com", "aol.com", "ik.me", "mail.com",
})  # fmt: skip


def mailbox_remarks(sources: Iterable[Source], accounts: Mapping[str, MailAccount]) -> Iterator[str]:
    """Yield one French remark for each way in which a mailbox believes too much, or has no way in."""
    boxes = [source for source in sources if source.kind == "mailbox" and source.enabled]
    yield from _without_a_key(boxes, accounts)
    unchecked = [source.id for source in boxes if source.options.get("trust") == "folder"]
    if unchecked:
        yield (
            f"expéditeurs non vérifiés (trust: folder) : {', '.join(unchecked)} ; quiconque connaît l'adresse de la"
            " boîte peut y écrire sous le nom d'un autre"
        )
    for source in boxes:
        listened = {*source.options.get("senders", ()), *source.options.get("forwarders", ())}
        for domain in sorted(_EVERYBODY & {str(one).lower() for one in listened}):
            yield f"{source.id} : « {domain} » est à tout le monde ; admettez des adresses entières"


def _without_a_key(boxes: Iterable[Source], accounts: Mapping[str, MailAccount]) -> Iterator[str]:
    wanted: dict[str, list[str]] = {}
    for source in boxes:
        name = str(source.options.get("account", DEFAULT_ACCOUNT))
        account = accounts.get(name)
        if source.url.lower().startswith("imaps:") and (account is None or not account.usable or not account.host):
            wanted.setdefault(name, []).append(source.id)
    for name, ids in wanted.items():
        variables = f"{PREFIX}{name.upper().replace('-', '_')}"
        yield f"boîte « {name} » sans serveur, mot de passe ou jeton ({variables}_…) : {', '.join(ids)}"
