"""One SELECT per file: what its header says, and which tables it reads, asked of DuckDB's own
parser.

The header is ``-- key: value`` lines before the SELECT. Layer and name come from the path:
``sql/kpi/<name>.sql``. A KPI is published, and so is a mart that states an open information
``class``; then the header says what its columns mean and what a cell stands for (see
``models.disclosure``). What a KPI's rows look like is ``indicators``' business.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.city import municipality
from pipelines.contract.model import Text
from pipelines.contract.terms import DIMENSIONS, INFORMATION_CLASSES, NAME
from pipelines.errors import ContractError, nearest
from pipelines.models.model import NOBODY, Header
from pipelines.models.statement import read_text, tables_of, unsettled
from pipelines.sqltext import quoted

KEYS = {
    "mart": ("row", "title_id", "title_en"),
    "kpi": (
        "row",
        "key",
        "title_id",
        "title_en",
        "question_id",
        "question_en",
        "unit",
        "dimension",
        "steward",
        "rule_id",
        "rule_en",
        "kpi",
    ),
}
"""Header keys required by layer: ``row`` says what one row means, ``kpi`` is the indicator's
number, ``rule_id`` and ``rule_en`` the law or standard.
"""
CONVENTIONS = "conventions.sql"
PUBLISHED = ("steward", "key")
"""Header keys of what is published: ``key`` are the columns that tell one row from another. Beside
them it has lines ``cells COUNT: figure, figure`` (``models.disclosure`` says what they do), or one
line ``cells: none, WHY`` when no row stands for persons.
"""
PLACEHOLDER = r"\{city\.[^}]*\}"
"""Stands in a header for the city, whose name its file says."""
ONE_RULE = "rule"
"""Header key of the rule in the SQL that receipts keep from before it was written in both
languages; such a receipt is rebuilt all the same.
"""


@dataclass(frozen=True)
class SqlFile:
    """One model: ``reads`` are the tables its SELECT names, as (schema, table)."""

    layer: str
    name: str
    header: Header
    query: str
    reads: tuple[tuple[str, str], ...]
    columns: dict[str, Text]
    cells: dict[str, tuple[str, ...]]
    chains: tuple[tuple[str, ...], ...]
    measures: dict[str, Text]
    reasons: dict[str, Text]
    path: Path
    text: str

    @property
    def id(self) -> str:
        """Its table: ``layer.name``."""
        return f"{self.layer}.{self.name}"

    @property
    def is_public(self) -> bool:
        """Whether the release holds it: every KPI, and a mart that states an open class."""
        return self.layer == "kpi" or self.header.is_open

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell one row of what is published from another."""
        return self.header.key

    @property
    def title(self) -> Text:
        """The model's name in both languages."""
        return self.header.title


def read_sql_files(folder: Path) -> tuple[SqlFile, ...]:
    """Read ``mart/*.sql`` then ``kpi/*.sql``; ContractError names file, key and remedy of every
    mistake.
    """
    models, problems = readable_sql_files(folder)
    if problems:
        raise ContractError("\n".join(problems.values()))
    return models


def readable_sql_files(folder: Path) -> tuple[tuple[SqlFile, ...], dict[str, str]]:
    """Return the models whose file can be read, marts first, and what is wrong with each of the
    others by its name ``layer.name``.
    """
    municipality()  # a mistake in the city's file is told once, not of every model
    models, problems = [], {}
    for layer in KEYS:
        for path in sorted((folder / layer).glob("*.sql")):
            try:
                models.append(read_sql_file(path, layer))
            except ContractError as error:
                problems[f"{layer}.{path.stem}"] = str(error)
    return tuple(models), problems


def read_sql_file(path: Path, layer: str) -> SqlFile:
    """Read one file of ``layer``."""
    if not re.fullmatch(NAME, path.stem):
        raise ContractError(f"{path}: the file's name is the table's name and must match {NAME}")
    model = parse(text_of(path), path, layer, path.stem)
    if asked := unsettled(model.query):
        raise ContractError(
            f"{path}: asks {asked}, so nobody could make the same of the same again; the day of"
            " the run is $today, and whatever else is asked has to be a table"
        )
    if ONE_RULE in model.header.lines:
        raise ContractError(
            f"{path}:1: '{ONE_RULE}' says the rule in one language; write it as rule_id and rule_en"
        )
    return model


def parse(text: str, path: Path, layer: str, name: str) -> SqlFile:
    """Return the model that ``text`` is; ``path`` is named in errors."""
    header = dict(re.findall(r"^-- ([a-z_]+): (.+)$", text, re.MULTILINE))
    if ONE_RULE in header:
        header = {"rule_id": header[ONE_RULE], "rule_en": header[ONE_RULE]} | header
    missing = [key for key in KEYS[layer] if key not in header]
    if missing:
        raise ContractError(
            f"{path}:1: the header lacks {', '.join(missing)}; write each as a line '-- key: value'"
            " before the SELECT"
        )
    if layer == "kpi" and header["dimension"] not in DIMENSIONS:
        raise ContractError(
            f"{path}:1: dimension '{header['dimension']}' is not one of {', '.join(DIMENSIONS)}"
        )
    columns, measures, reasons = (
        {
            name: Text(*words)
            for name, *words in re.findall(
                rf"^-- {kind} ([a-z0-9_]+): (.+) / (.+)$", text, re.MULTILINE
            )
        }
        for kind in ("column", "measure", "reason")
    )
    cells = {
        count: _names(figures, ",")
        for count, figures in re.findall(r"^-- cells ([a-z0-9_]+):(.*)$", text, re.MULTILINE)
    }
    chains = tuple(
        _names(chain, ">") for chain in re.findall(r"^-- within: (.+)$", text, re.MULTILINE)
    )
    if layer == "kpi" or "class" in header:
        _publication(path, layer, header, cells)
    query = text.strip().rstrip(";")
    return SqlFile(
        layer,
        name,
        Header(header),
        query,
        tables_of(path, query),
        columns,
        cells,
        chains,
        measures,
        reasons,
        path,
        text,
    )


def text_of(path: Path) -> str:
    """Return a model's text; lines of its header that name the city, by ``{city.name}`` or
    ``{city.short}``, with its name filled in.
    """
    city = municipality()
    names = {"{city.name}": city.name.id, "{city.short}": city.short}
    lines = read_text(path).splitlines(keepends=True)
    for number, line in enumerate(lines):
        for named in re.findall(PLACEHOLDER, line) if line.startswith("-- ") else ():
            if named not in names:
                raise ContractError(
                    f"{path}:{number + 1}: {named} is not known; {nearest(named, names)}"
                )
            lines[number] = lines[number].replace(named, names[named])
    return "".join(lines)


def read_conventions(folder: Path) -> str:
    """Return the macros every model may use: who the city is, by its file, and
    ``conventions.sql``, so that a share is rounded the same way everywhere.

    Receipts keep all of it, so that a figure is rebuilt for the city it was made for.
    """
    path, city = folder / CONVENTIONS, municipality()
    own = {"city_code": city.code, "city_name": city.name.id, "city_zone": city.zone.key}
    macros = "".join(f"CREATE MACRO {name}() AS {quoted(value)};\n" for name, value in own.items())
    return macros + (read_text(path) if path.exists() else "")


def _names(text: str, between: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(between) if part.strip())


def _publication(
    path: Path, layer: str, header: Mapping[str, str], cells: Mapping[str, Any]
) -> None:
    """Refuse a model that is published and does not say what must be known for it."""
    if layer == "mart" and header["class"] not in INFORMATION_CLASSES:
        raise ContractError(
            f"{path}:1: class '{header['class']}'; {nearest(header['class'], INFORMATION_CLASSES)}"
        )
    missing = [key for key in PUBLISHED if key not in header]
    if missing:
        raise ContractError(f"{path}:1: it is published, so its header needs {', '.join(missing)}")
    if bool(set(cells) - {NOBODY}) == bool(re.fullmatch(f"{NOBODY}, .+", header.get("cells", ""))):
        raise ContractError(
            f"{path}:1: say what a figure stands on: a line '-- cells COUNT: FIGURE, FIGURE' for"
            " each column that counts persons, or one line '-- cells: none, WHY' when no row"
            " stands for persons"
        )
