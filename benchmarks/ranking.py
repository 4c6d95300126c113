"""Rank, choose, word, draw, sign and write the bulletins of a crowd, stage by stage, beside judging every pair.

    python benchmarks/ranking.py [--members 2000] [--items 5000] [--exhaustive 20] [--variety]

Members and items are made up (tests/matching/crowd.py): 160 trades, lines of its own for each member. Times are seconds
of processor time of one core. A sample of members is also judged against every item: what the first look loses is what
their bulletins hold otherwise. `--variety` shows what each weight of relevance against variety keeps. The last line is
one JSON object.
"""

import argparse
import gc
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from benchmarks.digest import frame_of
from tests.matching.crowd import crowd
from tests.matching.judgements import TODAY, places, taxonomy

from veille.config.digests import Digest, load_digest
from veille.config.instance import shipped
from veille.digest.choosing.drafting import Readers, draft
from veille.digest.choosing.hand import Hands
from veille.digest.choosing.labels import ShortLabels
from veille.digest.choosing.offering import Offering, Reader
from veille.digest.choosing.select import choose, common_items
from veille.digest.choosing.variety import likeness
from veille.digest.composing import Composer
from veille.digest.editions import edition
from veille.digest.mail.dkim import Signer, load_key, new_key_pem
from veille.matching.context import MatchContext, prepare
from veille.matching.shortlist import Judge
from veille.model import Drafted, Handpicked, Item, Member, Subscriber
from veille.testing import JudgeOfAll
from veille.tokens import Keys

NOW = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


class Stages:
    """Seconds of processor time by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what runs inside."""
        gc.collect()
        start = time.process_time()
        yield
        self.seconds[name] = time.process_time() - start
        print(f"{name:12} {self.seconds[name]:7.2f} s", flush=True)


def readers_of(members: Sequence[Member]) -> Readers:
    """Return one new reader a member."""
    people = [Subscriber(id=one.id, member_id=one.id, email=f"p{one.id}@exemple.fr") for one in members]
    return Readers(members=members, subscribers=people, seen={})


def drafted(
    digest: Digest, items: Sequence[Item], members: Sequence[Member], judge: Judge | JudgeOfAll
) -> list[Drafted]:
    """Draft an issue for these members."""
    return draft(
        digest,
        edition(digest, NOW, PARIS),
        items,
        readers_of(members),
        matcher=judge,
        labels=ShortLabels(taxonomy(), places()),
        zone=PARIS,
    )


def written(bulletins: Sequence[Drafted], folder: Path, stages: Stages) -> int:
    """Draw, sign and write every mail; return how many."""
    definition = load_digest([shipped() / "digests"], "hebdo")
    path = folder / "dkim.pem"
    path.write_bytes(new_key_pem())
    keys = Keys(folder / "keys.json")
    signer = Signer((load_key(path, selector="veille", domain="pole.example.fr"),))
    composer = Composer(frame_of(definition, keys), keys, signer)
    count = 0
    with stages.stage("write"):
        for one in bulletins:
            if one.bulletin is not None:
                number = one.subscriber.id
                mail = composer.mail(
                    one.bulletin,
                    email=one.subscriber.email,
                    message_id=f"<hebdo.2026-W48.{number}.ab@pole.example.fr>",
                    sent=NOW,
                )
                (folder / f"{number}.eml").write_bytes(mail.raw)
                count += 1
    composer.close()
    return count


def lost(digest: Digest, context: MatchContext, some: Sequence[Member], stages: Stages) -> dict[str, float]:
    """Judge every pair of a sample; compare offers and bulletins with those of the first look."""
    items = [view.item for view in context.views.values()]
    judge = Judge(context)
    with stages.stage("exhaustive"):
        whole = drafted(digest, items, some, JudgeOfAll(items, judge))
    quick = drafted(digest, items, some, judge)
    rows = [({one.item_id for one in a.selection}, {one.item_id for one in b.selection})
            for a, b in zip(whole, quick, strict=True)]  # fmt: skip
    return {
        "sample": len(some),
        "lines": sum(len(all_) for all_, _ in rows),
        "lost": sum(len(all_ - found) for all_, found in rows),
        "members_per_s": round(len(some) / stages.seconds["exhaustive"], 1),
    }


def variety(
    digest: Digest, items: Sequence[Item], members: Sequence[Member], judge: Judge
) -> Iterator[dict[str, float]]:
    """Yield for each weight of relevance how much score a bulletin keeps, and how like its lines are."""
    base = 0.0
    for weight in (1.0, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6):
        made = drafted(digest.model_copy(update={"relevance": weight, "welcome": 0}), items, members, judge)
        kept = sum(one.score for each in made for one in each.selection if one.score > 0)
        base = base or kept
        pairs = [
            likeness(one.title, other.title)
            for each in made
            if each.bulletin
            for one, other in itertools.combinations(each.bulletin.lines, 2)
        ]
        alike = statistics.mean(pair > 0.8 for pair in pairs)
        yield {
            "relevance": weight,
            "score_kept": round(kept / base, 4),
            "mean_likeness": round(statistics.mean(pairs), 4),
            "near_identical_pairs": round(alike, 5),
        }


def bare(members: int, items: int, stages: Stages) -> None:
    """Give each member one product of all items with a vector of 256, and the best 200: what numpy costs by itself."""
    draw = np.random.default_rng(0)
    known, people = (draw.random((count, 256), np.float32) for count in (items, members))
    with stages.stage("bare numpy"):
        for one in people:
            np.argpartition(known @ one, -min(200, items))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--exhaustive", type=int, default=20)
    parser.add_argument("--variety", action="store_true")
    asked = parser.parse_args()
    members, items = crowd(asked.members, asked.items)
    digest, stages = load_digest([shipped() / "digests"], "hebdo").digest, Stages()
    with stages.stage("read items"):
        context = prepare(items, today=TODAY, places=places(), taxonomy=taxonomy())
    with stages.stage("index"):
        judge = Judge(context)
        judge.candidates(Member(organisation=""))
    with stages.stage("profiles"):
        for one in members:
            context.profile(one)
    with stages.stage("first look"):
        found = [len(judge.candidates(one)) for one in members]
    when, readers = edition(digest, NOW, PARIS), readers_of(members)
    offering = Offering(digest, when, items, judge, Hands(Handpicked(), items))
    each = [Reader(person, by, {}, frozenset(), {}) for person, by in zip(readers.subscribers, members, strict=True)]
    with stages.stage("rank"):
        offered = {reader.person.id: offering.offers(reader) for reader in each}
    with stages.stage("select"):
        common = common_items(digest, offered.values())
        for offers in offered.values():
            choose(digest, offers, common, welcome=True)
    with stages.stage("draft"):
        bulletins = drafted(digest, items, members, Judge(context))
    with tempfile.TemporaryDirectory() as folder:
        mails = written(bulletins, Path(folder), stages)
    bare(len(members), len(items), stages)
    seconds, count = stages.seconds, len(members)
    exact = lost(digest, context, members[: asked.exhaustive], stages)
    pace = count / (seconds["rank"] + seconds["select"])
    result = {
        "members": count,
        "items": len(items),
        "mails": mails,
        "lines_a_mail": round(statistics.mean(len(one.selection) for one in bulletins if one.bulletin), 1),
        "candidates_a_member": round(statistics.mean(found), 1),
        "first_look_members_per_s": round(count / seconds["first look"]),
        "rank_and_select_members_per_s": round(pace),
        "bare_numpy_members_per_s": round(count / seconds["bare numpy"]),
        "times_every_pair": round(pace / exact["members_per_s"], 1),
        "every_pair": exact,
        "once_an_issue_s": round(seconds["read items"] + seconds["index"] + seconds["profiles"], 2),
        "the_lot_s": round(seconds["draft"] + seconds["write"], 2),
        "stages_s": {name: round(value, 2) for name, value in stages.seconds.items()},
    }
    if asked.variety:
        result["variety"] = list(variety(digest, items, members[:200], judge))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
