"""The documents say what the code does: every command, setting, address, word and path in them
exists, every one that exists is in them, and each stays short enough to be read.
"""

import importlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from starlette.routing import BaseRoute, Mount, Route

from pipelines.connectors.registry import connectors
from pipelines.files.export import FORMS
from pipelines.query.query import MEASURES
from pipelines.settings import PROJECT
from tests.house.generated import DOCS, PARTS, ROOMS, WIDTH, commands, setting_rows, split

README, CONTRIBUTING = PROJECT / "README.md", PROJECT / "CONTRIBUTING.md"
DOCUMENTS = [README, CONTRIBUTING, PROJECT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
MOST_BYTES = {README: 10_000, CONTRIBUTING: 12_000}
OTHERS_BYTES = 25_000
ROUTES = (
    "portal.light.home_page",
    "portal.light.catalogue_page",
    "portal.light.kpi_page",
    "portal.light.information_page",
    "portal.light.city_pages",
    "portal.light.conformance_page",
    "portal.light.text_pages",
    "portal.light.table_page",
    "portal.light.feeds",
    "portal.light.sitemap",
    "portal.light.assets",
    "portal.metadata.routes",
    "portal.api.bulk",
    "portal.api.receipts",
    "portal.api.files",
    "portal.api.tables",
    "portal.api.rows",
    "portal.api.openapi",
    "portal.api.ckan.routes",
    "portal.api.ckan.dump",
    "portal.api.health",
    "portal.http.counts",
)
"""Modules with a list ``ROUTES``: every address but those of Streamlit."""
PLACEHOLDERS = {"release": "<id>", "file:path": "<name>.<form>"}
INTERNAL = {"LUMBUNG_SERVER", "LUMBUNG_SERVER_PERIZINAN", "LUMBUNG_DROP", "LUMBUNG_REAL"}
"""Variables that are no settings: a server chosen by its application, two of the tests."""

each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT))
)


def text(paths: Iterable[Path] = DOCUMENTS) -> str:
    return "\n".join(path.read_text("utf-8") for path in paths)


def by_hand(document: Path) -> str:
    """Return a document without its parts made from the code."""
    return re.sub(
        r"<!-- ([\w ]+) -->.*?<!-- /\1 -->", "", document.read_text("utf-8"), flags=re.DOTALL
    )


@each_document
def test_a_document_is_short_enough_to_be_read(document: Path) -> None:
    size = len(document.read_bytes())
    assert size < MOST_BYTES.get(document, OTHERS_BYTES), f"{size} bytes"
    prose = re.sub(r"```.*?```", "", document.read_text("utf-8"), flags=re.DOTALL)
    wide = [
        line
        for line in prose.splitlines()
        if len(line) > WIDTH and not line.startswith("|") and "](" not in line
    ]
    assert wide == [], f"wrap at {WIDTH} columns"


@each_document
def test_a_document_says_nothing_twice(document: Path) -> None:
    lines = [line for line in by_hand(document).splitlines() if len(line) > 40]
    assert sorted({line for line in lines if lines.count(line) > 1}) == []


@pytest.mark.parametrize(("document", "part"), PARTS, ids=lambda value: Path(value).name)
def test_a_part_made_from_the_code_is_what_the_code_says(document: Path, part: str) -> None:
    assert split(document, part)[1] == PARTS[document, part](), "`make docs` writes it anew"


@each_document
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (document.parent / target).exists(), f"{target} is not there"


def test_the_readme_leads_to_every_document() -> None:
    reached, waiting = set(), [README]
    while waiting:
        document = waiting.pop()
        if document in reached or not document.suffix:
            continue
        reached.add(document)
        links = re.findall(r"\]\(([^):#]+[.]md)\)", document.read_text("utf-8"))
        waiting += [(document.parent / link).resolve() for link in links]
    assert [path for path in DOCUMENTS if path not in reached] == []


def test_a_command_and_an_option_that_a_document_names_exist() -> None:
    known = dict(commands())
    for typed in re.findall(r"lumbung [a-z][^`\n]*", text()):
        words = typed.split()
        command = known.get(" ".join(words[:3])) or known.get(" ".join(words[:2]))
        assert command, f"there is no command '{typed}'"
        options = {option for parameter in command.params for option in parameter.opts}
        said = {word for word in words if word.startswith("--")}
        assert said <= options, f"'{typed}': there is no option {said - options}"


def test_an_environment_variable_that_code_reads_is_a_setting() -> None:
    settings = {row[0].strip("`") for row in setting_rows()}
    used = {
        name
        for room in ROOMS
        for path in (PROJECT / room).rglob("*.py")
        for name in re.findall(r"LUMBUNG_[A-Z_]+[A-Z]", path.read_text("utf-8"))
    }
    assert used - settings <= INTERNAL
    assert set(re.findall(r"LUMBUNG_[A-Z_]+[A-Z]", text())) <= settings | INTERNAL


def test_every_connector_form_and_measure_is_documented() -> None:
    contracts, portal = text([DOCS / "contracts.md"]), text([DOCS / "portal.md"])
    assert [name for name in connectors() if f"| `{name}` |" not in contracts] == []
    assert [name for name in (*FORMS, *MEASURES) if f"`{name}`" not in portal] == []


def test_every_address_of_the_portal_is_documented() -> None:
    portal = text([DOCS / "portal.md"])
    undocumented = [
        address
        for module in ROUTES
        for address in addresses(importlib.import_module(module).ROUTES)
        if f"`{address}`" not in portal
    ]
    assert undocumented == []


def addresses(routes: Iterable[BaseRoute], above: str = "") -> Iterator[str]:
    """Yield each address as documents write it, but for those that answer that nothing is there."""
    for route in routes:
        if isinstance(route, Mount):
            yield from addresses(route.routes, above + route.path)
        elif isinstance(route, Route) and not re.search(r"\{(rest|nothing):path\}", route.path):
            yield re.sub(r"\{([a-z:]+)\}", _placeholder, (above + route.path).rstrip("/") or "/")


def _placeholder(found: re.Match[str]) -> str:
    return PLACEHOLDERS.get(found[1]) or f"<{found[1].partition(':')[0]}>"


def test_every_extra_is_documented() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = set(re.findall(r"`lumbung\[(\w+)\]`", text([DOCS / "commands.md"])))
    assert extras == set(project["optional-dependencies"])


def test_every_word_of_the_house_is_one_that_code_uses() -> None:
    _, _, after = (DOCS / "rooms.md").read_text("utf-8").partition("## Words of the house\n")
    lines = after.partition("\n## ")[0].strip().splitlines()[2:]
    words = [word for line in lines for word in line.split("|")[1].strip().split(", ")]
    code = text(path for room in ROOMS for path in (PROJECT / room).rglob("*.py"))
    assert len(words) == len(set(words)) >= 20
    assert [word for word in words if not re.search(rf"\b{word}s?\b", code)] == []


def test_the_rooms_list_every_module_beside_them() -> None:
    listed = (DOCS / "rooms.md").read_text("utf-8")
    beside = [path.name for path in (PROJECT / "pipelines").glob("[!_]*.py")]
    assert beside and [name for name in beside if f"| `pipelines/{name}` |" not in listed] == []


def test_the_readme_names_the_pythons_that_are_allowed_and_what_npm_is_for() -> None:
    allowed = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    first, below = re.findall(r"3\.(\d+)", allowed["requires-python"])
    readme = README.read_text("utf-8")
    assert f"Python 3.{first} to 3.{int(below) - 1}" in readme and "npm" in readme


def test_every_reader_finds_a_document() -> None:
    table = (DOCS / "README.md").read_text("utf-8")
    readers = ("citizen", "analyst", "data engineer", "statistician", "operator", "programmer")
    assert [reader for reader in readers if reader not in table] == []


def test_make_targets_in_the_documents_exist() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)`", text()))
    assert named <= targets
    assert targets <= named, "docs/commands.md says what each target does"


@each_document
def test_files_a_document_names_exist(document: Path) -> None:
    rooms = "|".join((*ROOMS, "sql", "tests", "docs"))
    named = re.findall(rf"`((?:{rooms})/[A-Za-z0-9_./<>-]+)`", document.read_text("utf-8"))
    for name in named:
        if not re.search(r"NAME|<|YYYY", name):
            assert (PROJECT / name).exists(), f"{name} is named and not there"
