"""The parts of the documents that are made from the code: commands, settings, systems, the words of
a contract, rooms, decisions. ``make docs`` writes them; ``test_documents`` compares.

A part stands in its document between ``<!-- name -->`` and ``<!-- /name -->``. What a reader needs
beside it is written by hand, around it.
"""

import ast
import json
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from cli import inventory
from cli.main import app
from pipelines.connectors.contracts import read_contracts
from pipelines.connectors.database.types import MEANINGS, TYPES
from pipelines.connectors.registry import connectors
from pipelines.contract.rules.kinds import KINDS, meanings
from pipelines.contract.terms import LEVELS
from pipelines.environment import SETTINGS
from pipelines.models.sqlfile import read_sql_files
from pipelines.query.query import OPERATORS
from pipelines.records.facts import READING
from pipelines.settings import PROJECT

DOCS = PROJECT / "docs"
DECISIONS = DOCS / "decisions"
ROOMS = ("assets", "pipelines", "quality", "portal", "demo", "cli")
WIDTH = 100


def table(columns: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def wrapped(text: str, first: str = "") -> str:
    """Return prose at the documents' width; a list item begins with ``first``."""
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )


def commands(group: Any = None, prefix: str = "lumbung") -> Iterator[tuple[str, Any]]:
    """Yield every command as it is typed, with its declaration."""
    for name, command in sorted((group or get_command(app)).commands.items()):
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


def _command(name: str, command: Any) -> str:
    arguments = [
        parameter for parameter in command.params if parameter.param_type_name == "argument"
    ]
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    said, _, examples = " ".join(command.help.split()).partition("Example")
    shown = " ".join([name, *(argument.name.upper() for argument in arguments)])
    parts = [f"## {shown}\n\n{wrapped(said)}\n"]
    if examples:
        typed = examples.lstrip("s").removeprefix(":").split(";")
        parts.append("```\n" + "".join(f"{line.strip()}\n" for line in typed) + "```\n")
    listed = [
        *(wrapped(f"`{argument.name.upper()}` {argument.help}", "- ") for argument in arguments),
        *(
            wrapped(f"`{'`, `'.join(option.opts)}` {option.help}{_default(option)}", "- ")
            for option in options
        ),
    ]
    return "\n".join([*parts, "\n".join(listed) + "\n"])


def _default(option: Any) -> str:
    said = isinstance(option.default, int | float | str) and option.default not in ("", False)
    return f" Default: {option.default}." if said else ""


def setting_rows() -> Iterator[tuple[str, str, str]]:
    """Yield every setting with its default, as it reads in any checkout, and its meaning."""
    for name, (default, meaning) in SETTINGS.items():
        yield f"`{name}`", f"`{default.replace(f'{PROJECT}/', '') or '–'}`", meaning


def systems() -> str:
    """Return what ``lumbung systems --markdown`` prints."""
    contracts = read_contracts(PROJECT / "assets" / "contracts")
    return inventory.markdown(inventory.rows(contracts, read_sql_files(PROJECT / "sql")))


def words() -> Iterator[tuple[str, str, str]]:
    """Yield every property that Lumbung adds to a contract, with its level and meaning."""
    for level, terms in LEVELS.items():
        for name, term in terms.items():
            allowed = f" ({', '.join(term.allowed)})" if term.allowed else ""
            required = "; required" if term.required else ""
            yield level, f"`{name}`", f"{term.meaning}{allowed}{required}".replace("|", "\\|")


def facts() -> Iterator[tuple[str, str, str]]:
    """Yield every fact of ``fetch``, those that every connector reads first."""
    declared = [("every connector", fact) for fact in READING]
    for name, connector in connectors().items():
        declared += [(f"`{name}`", fact) for fact in connector.facts if fact not in READING]
    for name, fact in declared:
        inner = f" ({', '.join(fact.inner)})" if fact.inner else ""
        required = "; required" if fact.needed else ""
        yield name, f"`{fact.name}`", f"{fact.meaning}{inner}{required}"


def database_types() -> Iterator[tuple[str, str, str]]:
    """Yield every way in which types of a SQL database are read, with the types."""
    for engine, kinds in TYPES.items():
        for form in dict.fromkeys(kinds.values()):
            named = ", ".join(f"`{kind}`" for kind, asked in kinds.items() if asked == form)
            yield f"`{engine}`", named, MEANINGS[form]


def looks() -> Iterator[tuple[str, str]]:
    """Yield what tells of every connector's sources that a passed partition was corrected."""
    for name, connector in connectors().items():
        yield f"`{name}`", connector.looks_at or "nothing: `lookback` alone asks again"


def city() -> Iterator[tuple[str, str]]:
    """Yield every key of the city's file with its meaning, those inside another after it."""
    schema = json.loads((PROJECT / "pipelines" / "city.schema.json").read_text("utf-8"))
    for name, key in schema["properties"].items():
        required = "" if name in schema["required"] else "; may be left out"
        yield f"`{name}`", f"{key['description']}{required}"
        for inner, below in key.get("properties", {}).items():
            yield f"`{name}.{inner}`", below["description"]


def charters() -> Iterator[tuple[str, str]]:
    """Yield every folder of code with the charter in its ``__init__.py``, and every module beside
    the rooms of ``pipelines`` with how its charter begins.
    """
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("__init__.py")):
            yield f"`{path.parent.relative_to(PROJECT)}/`", _charter(path)
        for path in sorted((PROJECT / room).glob("[!_]*.py")) if room == "pipelines" else ():
            begins = _charter(path).partition(". ")[0].rstrip(".")
            yield f"`{path.relative_to(PROJECT)}`", f"{begins}."


def _charter(path: Path) -> str:
    """Return the charter a module opens with, on one line."""
    charter = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return " ".join(charter.split()).replace("``", "`")


def decisions() -> str:
    """Return the index of decisions, newest first, by title within a day."""
    paths = sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")
    titles = {path: path.read_text("utf-8").splitlines()[0].removeprefix("# ") for path in paths}
    newest_first = sorted(paths, key=lambda path: path.name[:10], reverse=True)
    return "".join(f"- {path.name[:10]} [{titles[path]}]({path.name})\n" for path in newest_first)


PARTS: dict[tuple[Path, str], Callable[[], str]] = {
    (DOCS / "commands.md", "commands"): lambda: "\n".join(
        _command(name, command) for name, command in commands()
    ),
    (DOCS / "settings.md", "settings"): lambda: table(
        ("setting", "default", "meaning"), setting_rows()
    ),
    (DOCS / "systems.md", "systems"): systems,
    (DOCS / "contracts.md", "words"): lambda: table(("level", "property", "meaning"), words()),
    (DOCS / "contracts.md", "facts"): lambda: table(("connector", "fact", "meaning"), facts()),
    (DOCS / "reading.md", "database types"): lambda: table(
        ("database", "type", "comes"), database_types()
    ),
    (DOCS / "contracts.md", "looks"): lambda: table(("connector", "tells a correction"), looks()),
    (DOCS / "contracts.md", "row rules"): lambda: table(
        ("rule", "broken when", "withholds"),
        (
            (f"`{kind.name}`", kind.meaning, "the cell" if kind.is_item else "the row")
            for kind in KINDS
            if kind.level == "row"
        ),
    ),
    (DOCS / "contracts.md", "partition rules"): lambda: table(
        ("rule", "a partition is withheld when"),
        ((f"`{name}`", meaning) for name, meaning in meanings("partition").items()),
    ),
    (DOCS / "city.md", "city"): lambda: table(("key", "meaning"), city()),
    (DOCS / "rooms.md", "rooms"): lambda: table(
        ("folder or module", "what belongs there"), charters()
    ),
    (DOCS / "portal.md", "operators"): lambda: table(
        ("operator", "the column's value is"),
        ((f"`{name}`", meaning) for name, meaning in OPERATORS.items()),
    ),
    (DECISIONS / "README.md", "decisions"): decisions,
}
"""Document and name of a part -> what makes it."""


def split(document: Path, part: str) -> tuple[str, str, str]:
    """Return what stands before a part, the part, and what stands after it."""
    begin, end = f"<!-- {part} -->\n\n", f"\n<!-- /{part} -->"
    before, mark, rest = document.read_text("utf-8").partition(begin)
    found, other_mark, after = rest.partition(end)
    if not mark or not other_mark:
        raise LookupError(
            f"{document}: there are no lines '<!-- {part} -->' and '<!-- /{part} -->'"
        )
    return before + begin, found, end + after


def main() -> None:
    """Write every part into its document."""
    for (document, part), make in PARTS.items():
        before, _, after = split(document, part)
        document.write_text(before + make() + after, "utf-8")


if __name__ == "__main__":
    main()
