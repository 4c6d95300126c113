"""What every command shares: French help, the instance it works on, one place where errors become exit codes."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from veille.text import french_spaces

if TYPE_CHECKING:
    from veille.app import App
    from veille.config.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Instance:
    """The folder a command works on; opened only when a command needs it."""

    home: Path
    #: `--now`, aware; None = the machine's own clock.
    now: datetime | None = None
    _opened: list[Any] = field(default_factory=list)

    def settings(self) -> "Settings":
        """Read the settings of the folder."""
        from veille.config.settings import load_settings

        return load_settings(self.home)

    def open(self) -> "App":
        """Return the wired application, checked against schema and clock; closed when the command ends."""
        from veille.app import make_app
        from veille.observability import progress

        if not self._opened:
            self._opened.append(make_app(self.settings(), now=self.now, progress=progress()))
        app: App = self._opened[0]
        return app

    def close(self) -> None:
        """Release what `open` took."""
        while self._opened:
            self._opened.pop().close()


pass_instance = click.make_pass_decorator(Instance)


class FrenchFormatter(click.HelpFormatter):
    """Help as French is printed: no line ends inside « … » or before a colon."""

    def write_heading(self, heading: str) -> None:
        """Write « Options : »."""
        self.write(f"{'':>{self.current_indent}}{french_spaces(f'{heading} :')}\n")

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        super().write_text(french_spaces(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write two columns."""
        super().write_dl([(name, french_spaces(words)) for name, words in rows], col_max, col_spacing)


class FrenchContext(click.Context):
    """The context of a command whose help is French."""

    formatter_class = FrenchFormatter


class FrenchHelp:
    """Mixin: click's own words in French (click has no French catalogue)."""

    context_class: type[click.Context] = FrenchContext

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write « Usage : … »."""
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        words = {"[OPTIONS]": "[OPTIONS]", "COMMAND [ARGS]...": "COMMANDE …", "[COMMAND] [ARGS]...": "[COMMANDE …]"}
        formatter.write_usage(ctx.command_path, " ".join(words.get(p, p) for p in pieces), prefix="Usage : ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under a French heading."""
        records = [r for p in self.get_params(ctx) if (r := p.get_help_record(ctx)) is not None]  # type: ignore[attr-defined]
        if records:
            with formatter.section("Options"):
                formatter.write_dl(records)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Say what --help does in French."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "Affiche cette aide."
        found: click.Option | None = option
        return found


class Command(FrenchHelp, click.Command):
    """A command whose help is French."""


class Group(FrenchHelp, click.Group):
    """A group whose help is French; keeps the order in which commands were added, like a tour."""

    command_class = Command
    group_class = type

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands in the order of the tour."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under a French heading."""
        rows = [(name, command) for name in self.list_commands(ctx) if (command := self.get_command(ctx, name))]
        shown = [(name, command.get_short_help_str(90)) for name, command in rows if not command.hidden]
        if shown:
            with formatter.section("Commandes"):
                formatter.write_dl(shown)


def echo(text: str = "", *, err: bool = False) -> None:
    """Print one line with terminal escapes of foreign text neutralised."""
    from veille.text import printable

    click.echo(printable(text), err=err)


def confirmed(question: str) -> bool:
    """Ask for a yes or a no; whatever is no « oui » is a no."""
    from veille.text import fold

    answer = click.prompt(f"{question} [o/N]", default="", show_default=False, prompt_suffix=" ")
    return fold(str(answer)) in {"o", "oui", "y", "yes"}


def usage_error_in_french(error: click.UsageError) -> str:
    """Translate click's own refusals."""
    name = ""
    if isinstance(error, click.MissingParameter):
        kind = "l'argument" if isinstance(error.param, click.Argument) else "l'option"
        name = str(error.param.make_metavar(error.ctx) if error.param and error.ctx else error.param_hint or "")
        return f"il manque {kind} {name}"
    if isinstance(error, click.NoSuchOption):
        near = f" ; vouliez-vous {', '.join(error.possibilities)} ?" if error.possibilities else ""
        return f"option inconnue {error.option_name}{near}"
    if isinstance(error, click.BadParameter):
        hint = error.param.get_error_hint(error.ctx) if error.param and error.ctx else (error.param_hint or "")
        return f"valeur refusée pour {hint} : {error.message}"
    words = {
        "No such command": "commande inconnue",
        "Missing command": "commande attendue",
        "Got unexpected extra argument": "argument en trop",
    }
    message = error.format_message()
    for english, french in words.items():
        if message.startswith(english):
            return french + message.removeprefix(english).lstrip("s").rstrip(".")
    return message


def run(command: click.Command) -> None:
    """Run a command line; every known error becomes one French line on stderr and its documented exit code."""
    from veille.errors import VeilleError

    try:
        code = command.main(standalone_mode=False)
    except click.UsageError as error:
        click.echo(f"veille : {usage_error_in_french(error)}", err=True)
        if error.ctx is not None:
            click.echo(f"Aide : {error.ctx.command_path} --help", err=True)
        sys.exit(2)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("veille : interrompu ; relancez la commande, elle reprendra où elle en était", err=True)
        sys.exit(130)
    except VeilleError as error:
        click.echo(f"veille : {error}", err=True)
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
