"""A connector declares itself: one that is registered is checked and found, one that lacks
something is refused by name before a contract is read.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.connectors import registry
from pipelines.connectors.contracts import read_contract, read_contracts
from pipelines.connectors.file.facts import FILE
from pipelines.connectors.registry import connectors, fetch_of
from pipelines.connectors.rest.facts import REST
from pipelines.contract.connector import Connector
from pipelines.contract.fact import Fact
from pipelines.errors import ContractError, SourceError
from pipelines.settings import contracts_path
from tests.sample import window, write_sample

FACTS = """\
from pipelines.contract.fact import Fact
from pipelines.contract.connector import Connector

AIR_QUALITY = Connector(__name__, "path", (Fact("files", "names of files", needed=True),))
"""
FETCH = """\
from pipelines.lake.delivery import Part

def fetch(dataset, window):
    yield Part(f"{dataset.source.fetch['files']}.csv", b"a", "here")
"""


@pytest.fixture
def air_quality(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connector:
    """A connector of another folder, whose name has an underscore."""
    folder = tmp_path / "elsewhere" / "air_quality"
    folder.mkdir(parents=True)
    for name, text in (("__init__", ""), ("facts", FACTS), ("fetch", FETCH)):
        (folder / f"{name}.py").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(str(folder.parent))
    for name in ("air_quality", "air_quality.facts", "air_quality.fetch"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    from air_quality.facts import AIR_QUALITY  # type: ignore[import-not-found]

    return AIR_QUALITY


def test_a_connector_with_an_underscore_in_its_name_is_one_line_of_the_registry(
    air_quality: Connector, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write_sample(tmp_path / "contracts", tmp_path / "drop")
    path.write_text(
        path.read_text("utf-8").replace("connector, value: file", "connector, value: air_quality"),
        "utf-8",
    )
    with pytest.raises(ContractError, match="there is no connector 'air_quality'"):
        read_contract(path)
    monkeypatch.setattr(registry, "ALL", (*registry.ALL, air_quality))
    (dataset,) = read_contract(path).datasets
    (part,) = fetch_of(dataset.source.connector)(dataset, window(date(2026, 1, 1)))
    assert (part.name, part.body) == ("rain_{date}.csv.csv", b"a")
    path.write_text(path.read_text("utf-8").replace("{files:", "{filse:"), "utf-8")
    with pytest.raises(ContractError) as refused:
        read_contract(path)
    assert "connector air_quality does not read 'filse'; did you mean 'files'?" in str(
        refused.value
    )
    assert "connector air_quality needs 'files': names of files" in str(refused.value)


@pytest.mark.parametrize(
    ("lacks", "says"),
    [
        (lambda own: replace(own, place="address"), "has place 'address'; allowed: location, path"),
        (
            lambda own: replace(own, declared_in="pipelines.connectors.http.facts"),
            "connector 'http' has no pipelines.connectors.http.fetch",
        ),
        (
            lambda own: replace(own, declared_in="pipelines.connectors.Rest.facts"),
            "connector 'Rest' does not match",
        ),
        (lambda own: replace(own, facts=(Fact("size", ""),)), "'size' without a name or a meaning"),
        (
            lambda own: replace(own, either=("fiels",)),
            "needs either 'fiels', which is no fact of it; did you mean 'files'?",
        ),
        (
            lambda own: replace(own, place="location"),
            "has a web address and no check_server",
        ),
        (lambda own: REST, "connector 'rest' is declared twice"),
    ],
    ids=["place", "no fetch", "name", "no meaning", "either", "auth unchecked", "twice"],
)
def test_a_declaration_that_lacks_something_is_refused_by_name_before_any_contract(
    air_quality: Connector,
    lacks: Callable[[Connector], Connector],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "ALL", (*registry.ALL, lacks(air_quality)))
    with pytest.raises(ContractError) as refused:
        read_contracts(contracts_path())
    assert says in str(refused.value)


def test_a_folder_that_nobody_registered_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        registry, "ALL", tuple(connector for connector in registry.ALL if connector is not FILE)
    )
    with pytest.raises(ContractError, match=r"connectors/file: is a connector, for it has a fetch"):
        read_contracts(contracts_path())


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"sap/fetch.py": FETCH}, "/sap: is a connector, for it has a fetch.py, and is not named"),
        ({"sap/facts.py": FACTS}, "/sap: is a connector, for it declares a Connector in its facts"),
        ({"sap.py": FETCH}, "/sap.py: a connector is a folder; make "),
    ],
    ids=["fetch alone", "facts alone", "a file"],
)
def test_what_nobody_registered_is_refused_by_name_however_it_lies_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: dict[str, str], says: str
) -> None:
    own = tmp_path / "connectors"
    shutil.copytree(registry.FOLDER, own, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(registry, "FOLDER", own)
    assert len(connectors()) == 10, "folders of what several share are no connectors"
    for name, text in files.items():
        (own / name).parent.mkdir(exist_ok=True)
        (own / name).write_text(text, "utf-8")
    registry._checked.cache_clear()
    with pytest.raises(ContractError) as refused:
        read_contracts(contracts_path())
    assert f"{own}{says}" in str(refused.value)
    assert f"ALL of {own / 'registry.py'}" in str(refused.value)


def test_every_registered_connector_has_its_function() -> None:
    assert len(connectors()) == 10
    for name in connectors():
        assert callable(fetch_of(name)), name
    with pytest.raises(SourceError, match=r"no connector 'sfpt'; did you mean 'sftp'\?"):
        fetch_of("sfpt")


def test_reading_contracts_loads_no_library_that_fetches() -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from pipelines.connectors.contracts import read_contracts;"
        "read_contracts(Path(sys.argv[1])); print(*sorted(sys.modules))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code, str(contracts_path())],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    heavy = {"httpx", "asyncssh", "paho", "rdflib", "connectorx", "lxml", "stamina", "authlib"}
    assert "yaml" in loaded and not heavy & set(loaded)
