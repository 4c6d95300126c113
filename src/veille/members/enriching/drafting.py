"""Draft the profile of one member: what the register, its site and the watch say of it, for a person to decide."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from veille.config.members_settings import Members
from veille.errors import InputError
from veille.members.cells import Vocabulary
from veille.members.enriching import past, register, site
from veille.members.enriching.quoting import Proposal, Source, as_draft
from veille.model import FetchFailed, FetchOutcome, Item, Member, ProfileDraft, Request
from veille.model.details import SitePage, SiteRead
from veille.protocols import Clock
from veille.protocols.people import DraftStore

#: Sirene answers 404 where nobody is found.
_OK, _NOBODY, _PATIENCE = 200, 404, 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """How the outside is asked; app.py fills it."""

    #: Asks the register.
    ask: Callable[[Request], FetchOutcome]
    read_site: Callable[[str], SiteRead]
    #: Items of the watch that name this organisation as a name, not as a word.
    naming: Callable[[Member], Sequence[Item]]
    #: Filières that pages are about, with the words that say so.
    sectors: Callable[[Sequence[SitePage]], Sequence[Proposal]]


@dataclass(slots=True)
class Enriched:
    """What came of one member."""

    member: Member
    #: Lines proposed anew.
    lines: list[ProfileDraft] = field(default_factory=list)
    #: French: what could not be asked, what is ambiguous.
    remarks: list[str] = field(default_factory=list)


class Enricher:
    """Drafts profiles; writes proposals only."""

    def __init__(self, settings: Members, means: Means, store: DraftStore, words: Vocabulary, clock: Clock) -> None:
        self._settings = settings
        self._means = means
        self._store = store
        self._words = words
        self._clock = clock
        #: The register asked for patience: nobody else is looked up in this run.
        self._shut = ""

    def enrich(self, member: Member, *, siren: str = "", website: str = "") -> Enriched:
        """Propose lines for one member; `siren` and `website` are what staff know better than the profile."""
        done = Enriched(member)
        known = replace(member, siren=siren or member.siren, website=website or member.website)
        found = [*self._from_register(known, done), *self._from_site(known, done), *self._from_watch(known)]
        done.lines = self._new(member, found)
        self._store.propose(done.lines)
        return done

    def _new(self, member: Member, found: Sequence[Proposal]) -> list[ProfileDraft]:
        """Return the proposals that say something new, each once, and that nobody decided on before."""
        now: datetime = self._clock.now()
        decided = {(line.field, line.value) for line in self._store.drafts(member.id, state=None)}
        lines: dict[tuple[str, str], ProfileDraft] = {}
        for proposal in found:
            line = as_draft(proposal, member, self._words, now)
            if line is not None and (line.field, line.value) not in decided:
                lines.setdefault((line.field, line.value), line)
        return list(lines.values())

    # ── the register ────────────────────────────────────────────────────────────────────────────────────────────────
    def _from_register(self, member: Member, done: Enriched) -> Iterator[Proposal]:
        if self._settings.registry == "none":
            return
        if self._shut:
            done.remarks.append(self._shut)
            return
        searched = self._searched(member, done)
        if searched is None:
            return
        url, text = searched
        company = _chosen(member, register.companies(text), done)
        if company is None:
            return
        if not company.active:
            done.remarks.append(f"{company.name} ({company.siren}) a cessé son activité d'après le registre")
        if company.hidden:
            done.remarks.append(
                f"{company.name} ({company.siren}) a demandé à ne pas être diffusée : rien n'est proposé"
            )
        yield from register.proposals(company, Source(url, text), year=self._clock.now().year)

    def _searched(self, member: Member, done: Enriched) -> tuple[str, str] | None:
        """Return the address that was asked and its answer; where nobody bears the name in the commune, anywhere.

        None where the register did not answer: that is not to know nobody of that name.
        """
        url, text = "", ""
        for commune in dict.fromkeys((None if member.siren else member.commune, None)):
            request = register.search(self._settings, member.siren or member.organisation, commune=commune)
            told = self._answer(request, done)
            if told is None:
                return None
            url, text = request.url, told
            if register.companies(text):
                break
        return url, text

    def _answer(self, request: Request, done: Enriched) -> str | None:
        answer = self._means.ask(request)
        if isinstance(answer, FetchFailed):
            done.remarks.append(f"registre des entreprises : {answer.sentence}")
            return None
        if answer.status == _PATIENCE:
            self._shut = "le registre des entreprises demande d'attendre : relancez la commande dans quelques minutes"
            done.remarks.append(self._shut)
            return None
        if answer.status == _NOBODY:
            return ""
        if answer.status != _OK:
            done.remarks.append(f"registre des entreprises : réponse HTTP {answer.status}")
            return None
        return answer.body.decode("utf-8", "replace")

    # ── its site, the watch ─────────────────────────────────────────────────────────────────────────────────────────
    def _from_site(self, member: Member, done: Enriched) -> Iterator[Proposal]:
        if not member.website:
            done.remarks.append("site web inconnu : donnez-le par --site, ou dans la colonne website")
            return
        try:
            read = self._means.read_site(member.website)
        except InputError as error:
            done.remarks.append(str(error))
            return
        done.remarks.extend(read.remarks)
        if read.pages:
            yield Proposal("website", member.website, member.website, Source("donné par --site", member.website))
            yield from site.proposals(read.pages)
            yield from self._means.sectors(read.pages)

    def _from_watch(self, member: Member) -> Iterator[Proposal]:
        yield from past.proposals(member.organisation, self._means.naming(member))


def _chosen(member: Member, found: Sequence[register.Company], done: Enriched) -> register.Company | None:
    """Return the company that is meant, None where none is or several could be: a person says which."""
    if member.siren:
        exact = next((one for one in found if one.siren == member.siren), None)
        if exact is None:
            done.remarks.append(f"SIREN {member.siren} : inconnu du registre des entreprises")
        return exact
    named = [one for one in found if one.active and register.same_name(member.organisation, one)]
    here = [one for one in named if one.commune == member.commune] if member.commune else named
    if len(here) == 1 and len(found) < register.RESULTS:
        done.remarks.append(
            f"SIREN trouvé par le nom : {here[0].name} ({here[0].siren}, {here[0].commune_name or '?'})"
        )
        return here[0]
    if named or found:
        shown = ", ".join(f"{one.name} ({one.siren}, {one.commune_name or '?'})" for one in (named or found)[:5])
        done.remarks.append(f"SIREN à choisir : {shown} ; relancez avec --siren")
    else:
        done.remarks.append("aucune entreprise de ce nom dans le registre ; donnez son SIREN par --siren")
    return None
