"""The reader of kind `file`: the tables of a folder as entries, its OPML files as sources that one may want (pure)."""

from dataclasses import dataclass, field, replace

from veille.config.opml import parse_opml
from veille.config.source_kinds import FileOptions
from veille.crawl.files.delimited import read_delimited
from veille.crawl.files.grid import BadTable, Grid
from veille.crawl.files.rows import read_rows
from veille.crawl.files.sheets import read_workbook
from veille.crawl.kinds import ALONE, Background
from veille.crawl.normalize import canonical_link
from veille.errors import InputError, ParseError
from veille.model import ParsedEntry, ParsedFeed, Source
from veille.net.bundle import NamedFile, printable, unpack

#: Entries of one folder, in the order of its files.
_MOST = 2_000
#: Names of a remark.
_NAMED = 5
_NAMES = frozenset(FileOptions.model_fields)
_CURE = "corrigez ce fichier, ou « options » de cette source dans sources.yaml"


@dataclass(slots=True)
class _Folder:
    """What was read so far."""

    entries: list[ParsedEntry] = field(default_factory=list)
    tables: int = 0
    remarks: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    #: Feeds of OPML files that no source follows.
    wanted: list[str] = field(default_factory=list)
    listed: int = 0


def read_folder(
    body: bytes, _content_type: str, _url: str, source: Source, background: Background = ALONE
) -> ParsedFeed:
    """Read the tables of a folder; raises ParseError where none of its files can be read."""
    options = FileOptions.model_validate({key: value for key, value in source.options.items() if key in _NAMES})
    try:
        bundle = unpack(body)
    except (ValueError, KeyError, TypeError) as error:
        raise ParseError("la réponse n'est pas un dossier", cure="donnez une adresse file:///…") from error
    folder = _Folder(remarks=list(bundle.remarks))
    known = {canonical_link(url) for url in background.urls}
    for file in bundle.files:
        _read(file, options, known, folder)
    if folder.broken and not folder.tables and not folder.listed:
        raise ParseError(" ; ".join(folder.broken[:_NAMED]), cure=_CURE)
    return _feed(source, folder, len(bundle.files))


def _read(file: NamedFile, options: FileOptions, known: set[str], folder: _Folder) -> None:
    name = printable(file.name)
    try:
        if file.name.lower().endswith(".opml"):
            _list(file, known, folder)
            return
        read = read_rows(_grid(file, options), options.columns, options.key)
    except BadTable as bad:
        folder.broken.append(f"« {name} » : {bad}")
        return
    folder.tables += 1
    folder.entries.extend(read.entries)
    folder.remarks.extend(f"« {name} » : {remark}" for remark in read.remarks)


def _grid(file: NamedFile, options: FileOptions) -> Grid:
    """Read a file for what its bytes are: a workbook may be called .csv by mistake, and the other way round."""
    if file.data.startswith(b"PK\x03\x04"):
        return read_workbook(file.data, sheet=options.sheet)
    if file.data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadTable("classeur d'un format ancien (.xls) ou chiffré : enregistrez-le en .xlsx")
    if file.name.lower().endswith(".xlsx"):
        raise BadTable("ce n'est pas un classeur .xlsx")
    delimiter = options.delimiter or ("\t" if file.name.lower().endswith(".tsv") else None)
    return read_delimited(file.data, delimiter=delimiter, encoding=options.encoding)


def _list(file: NamedFile, known: set[str], folder: _Folder) -> None:
    """Note the feeds of an OPML file that sources.yaml does not name: a list of sources makes no entry."""
    try:
        found = parse_opml(file.data, printable(file.name))
    except InputError as error:
        raise BadTable(error.message) from error
    folder.listed += 1
    folder.wanted.extend(one.title or one.url for one in found if canonical_link(one.url) not in known)


def _feed(source: Source, folder: _Folder, files: int) -> ParsedFeed:
    kept = folder.entries[:_MOST]
    remarks = [*folder.broken, *folder.remarks, *_opml_remark(folder)]
    if len(folder.entries) > _MOST:
        remarks.append(f"{len(folder.entries) - _MOST} lignes au-delà de {_MOST} laissées de côté")
    remark = " ; ".join(remarks[:_NAMED]) + ("…" if len(remarks) > _NAMED else "")
    advice = "veille sources import FICHIER.opml les ajoute" if folder.wanted else ""
    if folder.broken:
        advice = _CURE
    found = ParsedFeed(language=source.language, entries=tuple(kept), remark=remark, advice=advice)
    if kept:
        return replace(found, dropped=len(folder.entries) - len(kept))
    empty = (
        "aucun tableau dans ce dossier (.csv, .tsv, .xlsx, .opml)" if not files else "aucune ligne dans ces tableaux"
    )
    said = remark if folder.listed and not folder.tables else empty + (f" ({remark})" if remark else "")
    return replace(found, sentence=said, listed=folder.listed)


def _opml_remark(folder: _Folder) -> list[str]:
    if not folder.listed:
        return []
    if not folder.wanted:
        return ["OPML : tous ses flux sont déjà dans sources.yaml"]
    named = ", ".join(f"« {title[:60]} »" for title in folder.wanted[:_NAMED])
    more = f" et {len(folder.wanted) - _NAMED} autres" if len(folder.wanted) > _NAMED else ""
    return [f"OPML : {len(folder.wanted)} flux absents de sources.yaml : {named}{more}"]
