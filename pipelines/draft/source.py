"""Where records lie, as a person names it: files, a folder, a ZIP, a web address, a table. Each
dataset found is fetched by the connector that will fetch it. How files go together is ``files``'
business, how their form is read ``reading``'s.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from pipelines.connectors.database.query import QUOTES
from pipelines.connectors.http.client import Form, http
from pipelines.connectors.registry import fetch_of
from pipelines.contract.server import SECRET
from pipelines.draft.files import READ, found_in_files
from pipelines.draft.found import Found, landed_in, slug, undescribed, whole_window
from pipelines.draft.reading import reading
from pipelines.errors import ContractError
from pipelines.lake.delivery import Part

MOST_ROWS = 1_000_000
"""So many rows of a source are looked at."""
ANY = Form("a file", "*/*", ("",))
SIGNS = {b"PK\x03\x04": ".zip", b"PAR1": ".parquet", b"<": ".html", b"[": ".json", b"{": ".json"}
"""How a document begins -> the extension that says how it is read."""
LATER = ("mqtt", "mqtts", "sftp")
DATABASE_REMEDY = "name a table: postgresql://user@host/database#schema.table, sqlite:///file#table"


def find(application: str, sources: Sequence[str], folder: Path) -> tuple[list[Found], list[str]]:
    """Return every dataset that ``sources`` hold, its records landed in ``folder``, and what of a
    folder is none, and why.

    ContractError for what is no source, or of a protocol that is not drafted yet; SourceError for
    one that cannot be read.
    """
    found: list[Found] = []
    paths: list[Path] = []
    for source in sources:
        scheme = source.partition("://")[0].lower() if "://" in source else ""
        if scheme in ("http", "https"):
            found += _web(application, source, folder / f"web-{len(found)}")
        elif scheme in QUOTES:
            found.append(_table(application, source, folder / f"table-{len(found)}"))
        elif scheme:
            raise ContractError(_not_drafted(source, scheme))
        else:
            paths.append(Path(source))
    if not paths:
        return found, []
    in_files, left_out = found_in_files(application, paths, folder)
    return [*found, *in_files], left_out


def _not_drafted(source: str, scheme: str) -> str:
    if scheme in LATER:
        return (
            f"{scheme}://: {scheme.rstrip('s').upper()} is not drafted yet; `lumbung new NAME`"
            " without --from writes a contract to fill in, docs/contracts.md has its connector"
        )
    return (
        f"{source.partition('://')[0]}://: nothing is drafted from there; allowed are a file, a"
        f" folder, a ZIP, http(s)://, {', '.join(f'{name}://' for name in QUOTES)}"
    )


def _web(application: str, url: str, folder: Path) -> list[Found]:
    parts = urlsplit(url)
    params = dict(parse_qsl(parts.query, keep_blank_values=True))
    secret = next((name for name in params if re.search(SECRET, name)), None)
    if secret or parts.username or parts.password:
        told = f"the parameter '{secret}'" if secret else "a user or password"
        raise ContractError(
            f"{parts.scheme}://{parts.hostname}: the address carries {told}, and contracts are"
            " published; write one with `lumbung new NAME` without --from and name the variable"
            " that holds it under secrets"
        )
    above, _, last = parts.path.rpartition("/")
    facts = {"path": f"/{last}", **({"params": params} if params else {})}
    location = f"{parts.scheme}://{parts.netloc}{above}"
    server = {"connector": "rest", "type": "api", "location": location}
    name = slug(last.partition(".")[0]) or "records"
    dataset = undescribed(application, name, server, facts)
    with http(dataset) as client:
        body = client.get(f"{location}/{last}", params or None, ANY).body
    suffix = _suffix(body, last)
    if suffix != ".json":
        return _to_be_dropped(application, f"{location}/{last}", suffix, body, folder)
    landed = landed_in(folder, [Part(f"{name}.json", body, f"{location}/{last}")])
    of_form, notes = reading(landed[0])
    dataset = undescribed(application, name, server, {**facts, **of_form})
    landed = landed_in(folder / "asked", fetch_of("rest")(dataset, whole_window(dataset)))
    notes.append(
        "the whole list is asked for each time: say under fetch how it is paged (paging) and how"
        " days are asked for (window), if it can be"
    )
    return [Found(dataset, "web", server, landed, tuple(notes))]


def _to_be_dropped(
    application: str, address: str, suffix: str, body: bytes, folder: Path
) -> list[Found]:
    """Return what a file that no connector fetches over HTTP holds, for somebody to drop it."""
    name = address.rpartition("/")[2]
    name = name if Path(name).suffix.lower() in READ else f"{name or 'records'}{suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(body)
    drop = f"${{LUMBUNG_DROP:-drop}}/{application}"
    note = (
        f"no connector fetches a {suffix} file over HTTP: this was read from {address}; drop the"
        f" file into the folder under path as {name}"
    )
    return [
        replace(
            found,
            server="drop",
            written={**found.written, "path": drop},
            notes=(note, *found.notes),
        )
        for found in found_in_files(application, [folder / name], folder / "kept")[0]
    ]


def _suffix(body: bytes, name: str) -> str:
    """Return the extension of what a document is, which its name need not say."""
    start = body[:512].lstrip(b"\xef\xbb\xbf \r\n\t")
    said = Path(name).suffix.lower()
    suffix = next((suffix for sign, suffix in SIGNS.items() if start.startswith(sign)), ".csv")
    if suffix == ".json" and start.startswith(b"{") and said == ".ndjson":
        return said
    if suffix == ".zip" and said in (".xlsx", ".xls"):
        return ".xlsx"
    return suffix


def _table(application: str, source: str, folder: Path) -> Found:
    from pipelines.connectors.database.fetch import sample  # noqa: PLC0415  its drivers

    url, _, table = source.partition("#")
    if not table:
        raise ContractError(f"{_without_password(url, 'PASSWORD')}: {DATABASE_REMEDY}")
    server = {"connector": "database", "type": "custom", "url": url}
    name = slug(table.rpartition(".")[2]) or "records"
    dataset = undescribed(application, name, server, {"table": table})
    folder.mkdir(parents=True, exist_ok=True)
    part = sample(dataset, whole_window(dataset), MOST_ROWS, folder)
    variable = f"{application.upper()}_PASSWORD"
    notes = ()
    written = _without_password(url, variable)
    if written != url:
        notes = (f"set the environment variable {variable}: no password stands in a contract",)
    return Found(
        dataset, "database", {**server, "url": written}, landed_in(folder / "kept", [part]), notes
    )


def _without_password(url: str, variable: str) -> str:
    """Return a database's address with a variable where its password stands."""
    return re.sub(r"(://[^/@:]*):[^/@]*@", rf"\1:${{{variable}}}@", url)
