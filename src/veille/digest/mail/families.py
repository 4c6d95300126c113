"""Who receives the mail of a domain: the few large families that judge a sender as a whole; pure but for the lookup."""

from collections.abc import Callable, Sequence

#: Domain → the hosts that take its mail; None where the DNS could not be asked.
MxLookup = Callable[[str], Sequence[str] | None]

OTHER = "other"
#: Public mailboxes by domain, as their operators list them.
_DOMAINS = {
    "gmail": "gmail.com googlemail.com",
    "microsoft": "outlook.com outlook.fr hotmail.com hotmail.fr live.com live.fr msn.com",
    "orange": "orange.fr wanadoo.fr voila.fr",
    "sfr": "sfr.fr neuf.fr cegetel.net club-internet.fr 9online.fr numericable.fr noos.fr",
    "laposte": "laposte.net",
    "free": "free.fr freesbee.fr libertysurf.fr worldonline.fr online.fr aliceadsl.fr",
}
_FAMILY = {domain: family for family, domains in _DOMAINS.items() for domain in domains.split()}
#: Whose hosts an organisation's own domain may name: Google Workspace, Microsoft 365, the operators' business mail.
_HOSTS = (
    (".google.com", "gmail"),
    (".googlemail.com", "gmail"),
    (".outlook.com", "microsoft"),
    (".orange.fr", "orange"),
    (".orange-business.com", "orange"),
    (".sfr.fr", "sfr"),
    (".laposte.net", "laposte"),
    (".free.fr", "free"),
)
FAMILIES = (*_DOMAINS, OTHER)
#: Domains in a row of which the DNS says nothing, seconds each, before it is asked no more: mails do not wait for it.
_SILENT = 3


class Families:
    """Tells the family of an address; each unknown domain is looked up once, where a lookup is given."""

    def __init__(self, lookup: MxLookup | None = None) -> None:
        self._lookup = lookup
        self._known = dict(_FAMILY)
        self._silent = 0

    def __call__(self, email: str) -> str:
        """Return one of `FAMILIES`."""
        domain = email.rpartition("@")[2].lower()
        if domain not in self._known:
            self._known[domain] = self._looked_up(domain)
        return self._known[domain]

    def _looked_up(self, domain: str) -> str:
        if self._lookup is None or self._silent >= _SILENT:
            return OTHER
        hosts = self._lookup(domain)
        self._silent = self._silent + 1 if hosts is None else 0
        for host in hosts or ():
            for end, family in _HOSTS:
                if f".{host.lower().rstrip('.')}".endswith(end):
                    return family
        return OTHER
