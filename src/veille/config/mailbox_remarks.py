"""What `sources check` says of mailboxes that could be told lies (pure)."""

from collections.abc import Iterable, Iterator

from veille.model import Source

#: Domains where anybody has an address: admitting one of them admits everybody.
_EVERYBODY = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.fr", "live.com",
    "yahoo.com", "yahoo.fr", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "bbox.fr", "icloud.com",
    "proton.me", "protonmail.com", "gmx.fr", "gmx.com", "aol.com", "ik.me", "mail.com",
})  # fmt: skip


def mailbox_remarks(sources: Iterable[Source]) -> Iterator[str]:
    """Yield one French remark for each way in which a mailbox believes too much."""
    boxes = [source for source in sources if source.kind == "mailbox" and source.enabled]
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
