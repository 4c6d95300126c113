"""Write the generated pages of docs/reference: the help of every command, the settings, the schema of sources.yaml."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from veille.cli.main import cli
from veille.config.settings import Settings
from veille.config.sources import json_schema

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"


def commands(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    """Yield (command line, its help) for a command and all below it."""
    context = command.context_class(command, info_name=path, max_content_width=100, terminal_width=100)
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            yield from commands(command.commands[name], f"{path} {name}")


def command_page() -> str:
    """Return the page of all commands."""
    parts = ["# Les commandes\n\nPage produite par `make reference` ; un test la compare au programme.\n"]
    parts += [f"## `{path}`\n\n```text\n{text}\n```\n" for path, text in commands(cli, "veille")]
    return "\n".join(parts)


def _setting(name: str, field: FieldInfo) -> str:
    extra = field.json_schema_extra
    variable = f" · `{extra['env']}`" if isinstance(extra, dict) and "env" in extra else ""
    default = field.default.get_secret_value() if hasattr(field.default, "get_secret_value") else field.default
    shown = json.dumps(list(default) if isinstance(default, tuple) else default, ensure_ascii=False, default=str)
    return f"| `{name}`{variable} | `{shown}` | {field.description} |"


def settings_page() -> str:
    """Return the page of all settings."""
    rows = []
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            rows += [_setting(f"[{name}] {inner.alias or key}", inner) for key, inner in kind.model_fields.items()]
        elif get_origin(kind) is dict:
            inner_kind = get_args(kind)[1]
            rows += [_setting(f"[{name}.NOM] {key}", inner) for key, inner in inner_kind.model_fields.items()]
        elif name != "home":
            rows.append(_setting(name, field))
    head = "# Les réglages\n\nDans `veille.toml`, ou par la variable d'environnement indiquée, qui l'emporte.\n"
    table = "\n".join(["| réglage | défaut | sens |", "| --- | --- | --- |", *rows])
    return f"{head}Page produite par `make reference` ; un test la compare au programme.\n\n{table}\n"


def pages() -> dict[str, str]:
    """Return file name → text."""
    schema = json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
    return {"commandes.md": command_page(), "reglages.md": settings_page(), "sources.schema.json": schema}


def main() -> int:
    """Write the pages."""
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
        print(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
