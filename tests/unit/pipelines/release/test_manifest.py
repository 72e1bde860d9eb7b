"""A manifest is read as it was written, under the same hash; what older code wrote is read too."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contract.model import Text
from pipelines.errors import LakeError
from pipelines.models.model import Header, Model
from pipelines.release.manifest import (
    CORRECTIONS,
    FILE,
    ContractVersion,
    Manifest,
    Pinned,
    Withheld,
    parsed,
    read_manifest,
)

WORD = st.text(min_size=1, max_size=6)
HASHES = st.dictionaries(WORD, WORD, max_size=2)
TEXTS = st.dictionaries(WORD, st.builds(Text, WORD, WORD), max_size=2)
FILES = st.lists(WORD, max_size=2).map(tuple)
CLEAN = st.builds(Pinned, WORD, st.integers(0, 99), st.just(()), st.none() | WORD)
TABLE = st.builds(
    Pinned, WORD, st.integers(0, 99), FILES, st.none() | WORD, st.none() | HASHES, st.none() | WORD
)


@st.composite
def models(draw: st.DrawFn) -> dict[str, Model]:
    return {
        name: Model(
            name,
            Header(draw(HASHES)),
            draw(FILES),
            draw(TEXTS),
            draw(TEXTS),
            draw(TEXTS),
            draw(FILES),
            draw(WORD),
        )
        for name in draw(st.lists(WORD, max_size=2, unique=True))
    }


MANIFESTS = st.builds(
    Manifest,
    st.dictionaries(WORD, TABLE, max_size=3),
    st.dictionaries(WORD, st.builds(ContractVersion, WORD, WORD), max_size=2),
    models(),
    st.dictionaries(WORD, CLEAN, max_size=2),
    HASHES,
    HASHES,
    st.dictionaries(WORD, st.builds(Withheld, WORD, st.just("") | WORD), max_size=2),
    WORD,
    WORD,
    WORD,
    st.dictionaries(WORD, st.none() | WORD, max_size=2),
    st.none() | WORD,
    st.booleans(),
    st.none() | st.integers(1, 9999),
)


@given(MANIFESTS)
def test_what_is_written_is_read_again_under_the_same_hash(manifest: Manifest) -> None:
    read = parsed(json.loads(manifest.content()))
    assert read == manifest and read.stamp == manifest.stamp
    assert read.content() == manifest.content()


@given(MANIFESTS)
def test_the_hash_is_of_what_is_pinned_and_not_of_when_it_was(manifest: Manifest) -> None:
    tables = {**manifest.tables, CORRECTIONS: Pinned("a", 1)}
    later = replace(
        manifest,
        tables=tables,
        release="x",
        made_at="y",
        run_id="z",
        code={},
        views_sha256="v",
        sequence=7,
    )
    without = {name: table for name, table in manifest.tables.items() if name != CORRECTIONS}
    assert later.stamp == replace(manifest, tables=without).stamp
    assert replace(later, tables={**tables, "x.y": Pinned("new", 1)}).stamp != later.stamp


FIRST: dict[str, Any] = {
    "release": "20261110T010203Z-60531232",
    "made_at": "2026-11-10T01:02:03+00:00",
    "run_id": "r",
    "tables": {
        "hujan.rain": {"table": "public/hujan/rain", "version": 3, "files": ["public/a.parquet"]}
    },
    "contracts": {"hujan": {"version": "1.0.0", "sha256": "ab"}},
    "models": {
        "kpi.rain": {
            "header": {"title_id": "Hujan", "title_en": "Rain", "rule": "UU 1", "kpi": "E1"},
            "sha256": "cd",
        }
    },
}
"""As the first releases had it: no clean tables, views, reference tables, receipts, keys, columns,
nor a list of corrections.
"""


def release(home: Path, raw: object, name: str = str(FIRST["release"])) -> Path:
    folder = home / name
    folder.mkdir()
    (folder / FILE).write_text(json.dumps(raw))
    return folder


def test_the_first_releases_are_read(tmp_path: Path) -> None:
    manifest = read_manifest(release(tmp_path, FIRST))
    assert manifest.tables["hujan.rain"] == Pinned(
        "public/hujan/rain", 3, ("public/a.parquet",), None, None, None
    )
    assert manifest.corrections is None and not manifest.has_corrections
    assert (manifest.views, manifest.clean, manifest.views_sha256) == ({}, {}, None)
    model = manifest.models["kpi.rain"]
    assert (model.key, model.reads, model.header.rule) == ((), (), Text("UU 1", "UU 1"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tables": {}}, "changed after it was made"),
        ({"has_corrections": True}, "changed after it was made"),
        ({"tables": []}, "names no tables"),
        ({"code": 7}, "in a way that is not known here"),
    ],
    ids=str,
)
def test_a_damaged_manifest_says_what_to_do(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(LakeError, match=f"(?s){said}.*`lumbung "):
        read_manifest(release(tmp_path, FIRST | change))


def test_what_a_manifest_does_not_say_of_a_table_is_told(tmp_path: Path) -> None:
    raw = json.loads(json.dumps(FIRST))
    del raw["tables"]["hujan.rain"]["version"]
    with pytest.raises(LakeError, match="changed after it was made"):
        read_manifest(release(tmp_path, raw))
