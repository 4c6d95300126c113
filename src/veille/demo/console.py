"""Tell the demonstration on a terminal: stage by stage, then member by member."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from veille.demo.report import DemoReport, Edition, Mail
from veille.model import FAILURES
from veille.text import printable


def tell(report: DemoReport, console: Console) -> None:
    """Print what happened at each stage, what each member got and why, who was left out and why."""
    for number, edition in enumerate(report.editions, 1):
        _stages(number, edition, console)
    _sources(report, console)
    _types(report.last, console)
    console.print(f"\n[bold]Les bulletins du {report.last.day}[/bold]")
    for mail in report.last.mails:
        console.print(_bulletin(mail))
    _left_out(report.last, console)
    _evening(report, console)
    _summary(report, console)


def _stages(number: int, edition: Edition, console: Console) -> None:
    steps = {
        "relève": f"{edition.crawled_on} : {len(edition.crawl)} sources, {edition.new} nouveautés, "
        f"{edition.changed} modifiées, {len(edition.failed)} en défaut",
        "étiquetage": f"{edition.tagged} contenus",
        "bulletins": f"{len(edition.mails)} faits, approuvés par {edition.approved_by}",
        "envoi": f"{edition.sent_on} : {len(edition.mails)} remis, {len(edition.left_out)} sans bulletin",
    }
    console.print(f"\n[bold]{number}. Édition du {edition.day}[/bold]")
    table = Table.grid(padding=(0, 2))
    for step, said in steps.items():
        table.add_row(f"   {step}", said)
    console.print(table)


def _sources(report: DemoReport, console: Console) -> None:
    table = Table(title="Les sources à la dernière relève", title_justify="left", show_edge=False)
    for heading in ("source", "état", "nouveau", "ce qui s'est passé"):
        table.add_column(heading, overflow="fold")
    for one in sorted(report.last.crawl, key=lambda one: one.state not in FAILURES):
        state = f"[red]{one.state.value}[/red]" if one.state in FAILURES else one.state.value
        table.add_row(_safe(report.sources[one.id][0]), state, str(one.new), _safe(one.sentence))
    console.print()
    console.print(table)


def _types(edition: Edition, console: Console) -> None:
    table = Table(title=f"Les {edition.items} contenus par type", title_justify="left", show_edge=False)
    table.add_column("type")
    table.add_column("contenus", justify="right")
    for label, count in edition.types:
        table.add_row(_safe(label), str(count))
    console.print()
    console.print(table)


def _bulletin(mail: Mail) -> Table:
    bulletin = mail.bulletin
    title = f"{_safe(bulletin.organisation)} — {_safe(mail.person)}\n« {_safe(bulletin.subject)} »"
    table = Table(title=title, title_justify="left", show_edge=False, title_style="bold")
    for heading in ("rubrique", "contenu", "échéance", "pourquoi"):
        table.add_column(heading, overflow="fold")
    for section in bulletin.sections:
        for line in section.lines:
            marks = "★ " if line.star else ""
            change = f"\n[yellow]{_safe(line.change)}[/yellow]" if line.change else ""
            why = " ; ".join(part for part in (*line.reasons, line.recall) if part)
            table.add_row(_safe(section.title), f"{marks}{_safe(line.title)}{change}", line.badge, _safe(why))
    return table


def _left_out(edition: Edition, console: Console) -> None:
    console.print("\n[bold]Sans bulletin[/bold]")
    for absent in edition.left_out:
        console.print(f"   {_safe(absent.organisation)} ({_safe(absent.person)}) : {_safe(absent.reason)}")


def _evening(report: DemoReport, console: Console) -> None:
    console.print("\n[bold]Le soir, ce que l'équipe en apprend[/bold]")
    console.print(f"   {_safe(report.evening.headline)}")
    for line in report.evening.told:
        console.print(f"   {_safe(line)}")


def _summary(report: DemoReport, console: Console) -> None:
    console.print(
        f"\n{len(report.last.mails)} bulletins sur {len(report.last.mails) + len(report.last.left_out)} abonnés, "
        f"en {report.seconds:.0f} s, sans réseau."
    )
    console.print(f"À regarder dans un navigateur : [bold]{_safe(str(report.index))}[/bold]", soft_wrap=True)


def _safe(text: str) -> str:
    """Foreign text holds neither terminal escapes nor rich markup."""
    return escape(printable(text))
