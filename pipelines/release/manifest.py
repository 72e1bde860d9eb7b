"""What a release pins, as its ``manifest.json`` says it: read, written and hashed here and nowhere
else.

The hash is taken over the JSON as it lies there, so what older code wrote keeps its name; what it
did not say yet is empty here. A manifest that is damaged or was changed is a LakeError.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.errors import LakeError
from pipelines.models.model import Model
from pipelines.models.sqlfile import SqlFile
from pipelines.receipts.canonical import canonical

FILE = "manifest.json"
CORRECTIONS = "lumbung.corrections"
"""The table of corrected figures. Its rows name the release they came with, so it is not among
what a release's id is the hash of; it has a seal instead.
"""
SET_ASIDE = "contract"
"""Why something is withheld under an application's name: its contract cannot be read, and the last
good one describes what stays published.
"""
DAMAGED = "damaged"
"""Why a dataset or model is withheld of which a table cannot be read."""
WITHHELD_VERSIONS = "lumbung.withheld_versions."
"""What the names begin with, before a dataset's own, of the tables that say whose newest version is
withheld.
"""
_WITHHELD = "withheld"
_HEAD = re.compile(rb'\{\s*"release": "[^"]*",\s*("sequence": (\d+),)?')
"""How a manifest begins. Of a thousand releases only this much is read to tell their order."""
_MARK = "has_corrections"
"""Stands in a manifest, under its hash, of every release that pins the table: it cannot be taken
out unseen.
"""


@dataclass(frozen=True)
class Pinned:
    """One table as a release pins it: its folder and files relative to the lake, and its version.

    ``receipt`` is the hash of what it was made of; a table of the lake's own has the hashes of its
    files instead, and that of corrections the ``seal`` over them. A clean table's files stand in
    its receipt alone.
    """

    table: str
    version: int
    files: tuple[str, ...] = ()
    receipt: str | None = None
    sha256: Mapping[str, str] | None = None
    seal: str | None = None

    def places(self, root: Path) -> list[str]:
        """Return where its files lie in the lake at ``root``."""
        return [str(root / file) for file in self.files]

    def written(self) -> dict[str, Any]:
        """Return it as the manifest has it."""
        said = {"receipt": self.receipt, "sha256": self.sha256, "seal": self.seal}
        return {
            "table": self.table,
            "version": self.version,
            "files": list(self.files),
            **{key: value for key, value in said.items() if value is not None},
        }

    def sealed(self, release: str) -> str:
        """Return the seal that it has in ``release``."""
        return _seal(release, self.written())


@dataclass(frozen=True)
class ContractVersion:
    """The contract a release was made with: its version and the hash of its file."""

    version: str
    sha256: str

    def written(self) -> dict[str, Any]:
        """Return it as the manifest has it."""
        return {"version": self.version, "sha256": self.sha256}


@dataclass(frozen=True)
class Withheld:
    """Why a release shows something as it was last made, or leaves it out: a code (``SET_ASIDE``,
    ``DAMAGED`` or one of ``models.plan``), and what it rests on that is withheld itself.
    """

    reason: str
    because: str = ""

    def written(self) -> dict[str, Any]:
        """Return it as the manifest has it."""
        return {"reason": self.reason, **({"because": self.because} if self.because else {})}


@dataclass(frozen=True)
class Manifest:
    """Everything one release pins, by name; ``views`` and ``reference`` are hashes, ``withheld``
    are the models and views that could not be made anew, the damaged datasets and the applications
    set aside. A draft has no ``release`` yet; only a release older than the table of corrections
    says of none, and only one older than sequences has no ``sequence``.
    """

    tables: Mapping[str, Pinned]
    contracts: Mapping[str, ContractVersion] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    clean: Mapping[str, Pinned] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)
    reference: Mapping[str, str] = field(default_factory=dict)
    withheld: Mapping[str, Withheld] = field(default_factory=dict)
    release: str = ""
    made_at: str = ""
    run_id: str = ""
    code: Mapping[str, str | None] = field(default_factory=dict)
    views_sha256: str | None = None
    has_corrections: bool = True
    sequence: int | None = None

    @property
    def corrections(self) -> Pinned | None:
        """What is pinned of the table of corrections, None in a release older than the table."""
        return self.tables.get(CORRECTIONS)

    @property
    def stamp(self) -> str:
        """The hash of what it pins, whose start its release's id ends with."""
        return _stamp(self.written())

    def written(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "release": self.release,
            **({} if self.sequence is None else {"sequence": self.sequence}),
            "made_at": self.made_at,
            "run_id": self.run_id,
            "code": dict(self.code),
            "views_sha256": self.views_sha256,
            "tables": {name: table.written() for name, table in self.tables.items()},
            **({_MARK: True} if self.has_corrections else {}),
            "clean": {
                name: {key: value for key, value in table.written().items() if key != "files"}
                for name, table in self.clean.items()
            },
            "contracts": {name: contract.written() for name, contract in self.contracts.items()},
            "models": {name: model.written() for name, model in self.models.items()},
            "views": dict(self.views),
            "reference": dict(self.reference),
            **({_WITHHELD: _written(self.withheld)} if self.withheld else {}),
        }

    def content(self) -> bytes:
        """Return the bytes of its file."""
        return json.dumps(self.written(), indent=1, ensure_ascii=False).encode()


def model_of(model: SqlFile) -> Model:
    """Return a SQL file as a release has it."""
    return Model(
        model.id,
        model.header,
        model.header.key,
        model.columns,
        model.measures,
        model.reasons,
        tuple(f"{schema}.{table}" for schema, table in model.reads),
        hashlib.sha256(model.query.encode()).hexdigest(),
    )


def read_manifest(folder: Path) -> Manifest:
    """Return what the release in ``folder`` pins; LakeError when it is damaged or was changed."""
    try:
        raw = json.loads((folder / FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise LakeError(
            f"{folder}: its manifest cannot be read ({error}); `lumbung release list` shows the"
            " others"
        ) from error
    if not isinstance(raw, dict) or not isinstance(raw.get("tables"), dict):
        raise LakeError(
            f"{folder}: its manifest names no tables, so it is none; `lumbung release list` shows"
            " the others"
        )
    if not _stamp(raw).startswith(folder.name.rpartition("-")[2]) or not is_sealed(
        folder.name, raw
    ):
        raise LakeError(
            f"{folder}: its manifest was changed after it was made; `lumbung run` makes a new"
            " release"
        )
    try:
        return parsed({**raw, "release": folder.name})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LakeError(
            f"{folder}: its manifest says things in a way that is not known here ({error!r});"
            " `lumbung release list` shows the others"
        ) from error


def sequence_of(folder: Path) -> int | None:
    """Return the place of the release in ``folder`` among all that were made, which its maker gave
    it: 0 for one made before there were sequences, None where its manifest is damaged.
    """
    head = b""
    with suppress(OSError), (folder / FILE).open("rb") as stream:  # whoever opens it is told
        head = stream.read(200)
    found = _HEAD.match(head)
    return int(found[2] or 0) if found else None


def parsed(raw: Mapping[str, Any]) -> Manifest:
    """Return what the JSON of a manifest says; KeyError, TypeError, ValueError or AttributeError
    when that is no manifest.
    """
    return Manifest(
        {name: _pinned(table) for name, table in raw["tables"].items()},
        {
            name: ContractVersion(contract["version"], contract["sha256"])
            for name, contract in raw["contracts"].items()
        },
        {name: Model.read(name, model) for name, model in raw["models"].items()},
        {name: _pinned({"files": (), **table}) for name, table in raw.get("clean", {}).items()},
        dict(raw.get("views", {})),
        dict(raw.get("reference", {})),
        {
            name: Withheld(each["reason"], each.get("because", ""))
            for name, each in raw.get(_WITHHELD, {}).items()
        },
        raw.get("release", ""),
        raw.get("made_at", ""),
        raw.get("run_id", ""),
        dict(raw.get("code", {})),
        raw.get("views_sha256"),
        _MARK in raw,
        raw.get("sequence"),
    )


def is_sealed(release: str, raw: Mapping[str, Any]) -> bool:
    """Whether what a manifest's JSON pins of the table of corrections is what it was made with; a
    release made before there was the table says of none.
    """
    entry, must = raw["tables"].get(CORRECTIONS), _MARK in raw
    if entry is None:
        return not must
    return (
        isinstance(entry, dict)
        and entry.get("seal") == _seal(release, entry)
        and (not must or {*entry.get("sha256", [""])} == {*entry["files"]})
    )


def _seal(release: str, entry: Mapping[str, Any]) -> str:
    sealed = {key: value for key, value in entry.items() if key != "seal"}
    return hashlib.sha256(canonical([release, sealed])).hexdigest()


def _stamp(raw: Mapping[str, Any]) -> str:
    pinned = {
        key: raw[key]
        for key in (_MARK, "clean", "contracts", "models", "views", "reference", _WITHHELD)
        if key in raw
    }
    pinned["tables"] = {name: table for name, table in raw["tables"].items() if name != CORRECTIONS}
    return hashlib.sha256(
        json.dumps(pinned, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


def _written(withheld: Mapping[str, Withheld]) -> dict[str, Any]:
    return {name: each.written() for name, each in sorted(withheld.items())}


def _pinned(entry: Mapping[str, Any]) -> Pinned:
    return Pinned(
        entry["table"],
        entry["version"],
        tuple(entry["files"]),
        entry.get("receipt"),
        entry.get("sha256"),
        entry.get("seal"),
    )
