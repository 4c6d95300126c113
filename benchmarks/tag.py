"""Speed and memory of `veille tag --jsonl` on one core, beside two plainer ways measured in the same run.

python benchmarks/tag.py [--items 3000]; the last line is one JSON object.
"""

import argparse
import json
import os
import random
import re
import resource
import sys
import tempfile
import time
from pathlib import Path

import spacy

from veille.config.instance import shipped
from veille.config.taxonomy import load_taxonomy
from veille.text import Folded, Singular, fold

#: Sentences of ours, of the kinds that calls, tenders and press print.
SENTENCES = (
    "La Région Auvergne-Rhône-Alpes soutient les projets collaboratifs de recherche portés par au moins deux PME. ",
    "Les dossiers sont à déposer avant le 15 mars 2027 à 12 h sur la plateforme de la Région. ",
    "Le taux d’aide est de 40 % des dépenses éligibles, dans la limite de 200 000 € par projet. ",
    "L’hydrogène, les réseaux de chaleur et l’efficacité énergétique sont au cœur de cet appel à projets. ",
    "Le marché comprend trois lots : gros œuvre, menuiseries et électricité. ",
    "À Saint-Étienne, la filière textile s’organise autour des fibres biosourcées. ",
    "Le tissu économique local attend les lauréats, qui seront connus en juin. ",
    "Un webinaire présentera le cahier des charges aux laboratoires et aux collectivités. ",
    "Les capteurs et l’intelligence artificielle améliorent la maintenance des équipements industriels. ",
    "Le groupement hospitalier achète des compléments nutritionnels oraux pour les patients âgés. ",
)
LENGTH = 1500


def items(count: int) -> list[dict[str, str]]:
    """Return items of 1,500 characters, all different."""
    draw = random.Random(20261122)
    made = []
    for number in range(count):
        text = ""
        while len(text) < LENGTH:
            text += draw.choice(SENTENCES)
        made.append({"id": str(number), "title": draw.choice(SENTENCES)[:80], "text": text[:LENGTH]})
    return made


def tag_file(records: list[dict[str, str]], folder: Path) -> tuple[float, float, int]:
    """Run the command on one core; return seconds, seconds of processor and peak resident bytes."""
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    command = [sys.executable, "-m", "veille", "tag", "--jsonl", str(source), "--out", str(target)]
    start = time.perf_counter()
    pid = os.posix_spawn(sys.executable, command, {**os.environ, "OMP_NUM_THREADS": "1"})
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    if status or len(target.read_bytes().splitlines()) != len(records):
        raise SystemExit(f"veille tag failed ({status})")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def per_second(function: object, records: list[dict[str, str]]) -> float:
    """Return how many texts a function reads in one second of processor."""
    start = time.process_time()
    for record in records:
        function(record["text"])  # type: ignore[operator]
    return round(len(records) / (time.process_time() - start), 1)


def peers(records: list[dict[str, str]]) -> dict[str, float]:
    """Measure spaCy's French tokenizer and one regular expression per cue."""
    start = time.process_time()
    french = spacy.blank("fr")
    built = time.process_time() - start
    cues = [cue.rstrip("*") for term in load_taxonomy([shipped()]) for cue in (*term.cues, *term.weak_cues)]
    patterns = [re.compile(rf"\b{re.escape(fold(cue))}") for cue in cues]

    def each(text: str) -> None:
        folded = fold(text)
        for pattern in patterns:
            pattern.search(folded)

    return {
        "spacy_blank_fr_build_cpu_s": round(built, 2),
        "spacy_blank_fr_tokenizer_items_per_cpu_s": per_second(french.make_doc, records[:500]),
        "regex_per_cue_items_per_cpu_s": per_second(each, records[:50]),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=3000)
    records = items(parser.parse_args().items)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tag_file(records[:1], folder)  # warms the page cache and the byte code
        start, start_cpu, _ = tag_file(records[:1], folder)
        seconds, cpu, peak = tag_file(records, folder)
    figures = {
        "items": len(records),
        "characters": LENGTH,
        "start_s": round(start, 2),
        "start_cpu_s": round(start_cpu, 2),
        "items_s": round((len(records) - 1) / (seconds - start), 1),
        #: What one core does when nobody else uses it.
        "items_per_cpu_s": round((len(records) - 1) / (cpu - start_cpu), 1),
        "peak_mb": round(peak / 1e6),
        "fold_items_per_cpu_s": per_second(lambda text: Singular(Folded(text)).span(0, 1), records),
        **peers(records),
        "python": sys.version.split()[0],
        "spacy": spacy.__version__,
        "own_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
    }
    for key, value in figures.items():
        print(f"{key:36} {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    if sys.platform == "win32":
        raise SystemExit("os.wait4 and CPU affinity are needed")
    main()
