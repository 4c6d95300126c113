#!/usr/bin/env bash
# Builds the wheel, installs it alone in a new environment, and does the main job from an empty directory.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$root/.venv/bin/python" -m hatchling build -t wheel -d "$work/dist" >/dev/null
python3 -m venv "$work/venv"
"$work/venv/bin/pip" --disable-pip-version-check --quiet install --require-hashes -r "$root/requirements.lock"
"$work/venv/bin/pip" --disable-pip-version-check --quiet install --no-deps "$work"/dist/veille-*.whl

mkdir "$work/empty" && cd "$work/empty"
veille="$work/venv/bin/veille"
"$veille" --help >/dev/null
"$veille" init instance --pack bois </dev/null
"$veille" --home instance sources check
printf '%s\n' '{"id": "1", "title": "Appel à projets hydrogène en Bretagne", "text": "Date limite de dépôt : 15 janvier 2027."}' >in.jsonl
"$veille" tag --jsonl in.jsonl --out out.jsonl
grep -q '"deadline": "2027-01-15"' out.jsonl
"$veille" demo demo >/dev/null
test -s demo/index.html
echo "wheel : aide, init, sources check, tag et demo passent depuis un dossier vide"
