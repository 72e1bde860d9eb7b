"""OCDS release packages against a real server on loopback: links to the end, what is refused,
what is kept for quarantine, what is merged.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.connectors.ocds import fetch as ocds
from pipelines.contract.model import Column, Dataset, Source
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.open import open_records
from tests.sample import sample_dataset, window
from tests.unit.pipelines.connectors.test_connectors_web import Answer, City

SPAN = window(date(2026, 1, 1))


@pytest.fixture
def served() -> Iterator[Callable[..., City]]:
    made: list[City] = []
    yield lambda answer: made.append(City(answer)) or made[-1]
    for city in made:
        city.server.shutdown()
        city.server.server_close()


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    sample = sample_dataset(tmp_path)
    columns = tuple(
        Column(
            name,
            name,
            "string",
            sample.title,
            "public",
            ("x",),
            required=True,
            missing=sample.columns[0].missing,
        )
        for name in ("ocid", "id", "date", "tag")
    )
    return replace(sample, columns=columns)


def over(dataset: Dataset, city: City, **fetch: Any) -> Dataset:
    facts = {"location": city.url, "limits": {"attempts": 1, "response_bytes": 200_000}}
    return replace(
        dataset,
        source=Source("ocds", facts, {"path": "/releases.json", "records": "releases", **fetch}),
    )


def release(n: int, **more: Any) -> dict[str, Any]:
    return {
        "ocid": f"ocds-x-{n}",
        "id": f"{n}-1",
        "date": "2026-01-01T08:00:00+07:00",
        "tag": ["planning"],
        **more,
    }


RELEASES = [release(n) for n in range(7)]


def package(releases: list[Any], **more: Any) -> dict[str, Any]:
    return {
        "uri": "http://x/1",
        "version": "1.1",
        "publishedDate": "2026-01-02T00:00:00Z",
        "publisher": {"name": "PBJ"},
        "releases": releases,
        **more,
    }


def answered(document: Any) -> Answer:
    return 200, {}, json.dumps(document).encode()


def paged(path: str, query: dict[str, str], city: City) -> Answer:
    start = int(query.get("at", 0))
    links = {"links": {"next": f"{city.url}/releases.json?at={start + 3}"}} if start + 3 < 7 else {}
    return answered(package(RELEASES[start : start + 3], total=7, **links))


def test_links_are_followed_and_packages_kept_as_delivered(dataset, served) -> None:
    city = served(paged)
    facts = {"paging": {"total_field": "total"}, "window": {"start": "since", "end": "until"}}
    parts = list(ocds.fetch(over(dataset, city, **facts), SPAN))
    assert [release["ocid"] for part in parts for release in json.loads(part.body)["releases"]] == [
        release["ocid"] for release in RELEASES
    ]
    assert city.asked == 3 and "since=2026-01-01T00%3A00%3A00%2B07%3A00" in parts[0].address


def test_an_empty_package_in_between_does_not_end_the_reading(dataset, served) -> None:
    def answer(path: str, query: dict[str, str], city: City) -> Answer:
        at = int(query.get("at", 0))
        return answered(
            package(
                [[RELEASES[0]], [], [RELEASES[1]]][at],
                **({"links": {"next": f"?at={at + 1}"}} if at < 2 else {}),
            )
        )

    assert (
        sum(
            len(json.loads(part.body)["releases"])
            for part in ocds.fetch(over(dataset, served(answer)), SPAN)
        )
        == 2
    )


def changing(path: str, query: dict[str, str], city: City) -> Answer:
    return answered({**json.loads(paged(path, query, city)[2]), "total": 90 + city.asked})


WRONG: dict[str, tuple[Callable[..., Answer], str]] = {
    "another server": (
        lambda p, q, c: answered(package(RELEASES, links={"next": "http://10.0.0.1/2"})),
        "on another server",
    ),
    "a circle": (
        lambda p, q, c: answered(
            package([release(c.asked)], links={"next": f"{c.url}/releases.json?at={c.asked % 2}"})
        ),
        "runs in a circle",
    ),
    "total that changes": (changing, "stated total went from .*, twice"),
    "total that does not match": (
        lambda p, q, c: answered(package(RELEASES, total=9)),
        "states 9 records but delivered 7",
    ),
    "a record package": (
        lambda p, q, c: answered({"version": "1.1", "records": []}),
        "not an OCDS release package: .* version, records",
    ),
    "a bare list": (lambda p, q, c: answered(RELEASES), "not an OCDS release package: .* a list"),
    "another version": (
        lambda p, q, c: answered(package(RELEASES, version="1.0")),
        "states OCDS version '1.0'; only 1.1",
    ),
    "a page": (
        lambda *_: (200, {"Content-Type": "text/html"}, b"<html>"),
        "'text/html' instead of JSON",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_whole_answer_is_refused(case: str, dataset, served) -> None:
    answer, says = WRONG[case]
    with pytest.raises(SourceError, match=f"hujan.rain: .*({says})"):
        list(
            ocds.fetch(
                over(
                    dataset,
                    served(answer),
                    **({"paging": {"total_field": "total"}} if "total" in case else {}),
                ),
                SPAN,
            )
        )


def test_a_release_that_lacks_what_it_must_have_is_kept_where_the_contract_judges_it(
    dataset, served
) -> None:
    broken = {**release(1), "tag": None}
    city = served(lambda *_: answered(package([broken, "no release at all"])))
    (part,) = ocds.fetch(over(dataset, city), SPAN)
    assert json.loads(part.body)["releases"][0] == broken
    blind = replace(
        dataset, columns=tuple(column for column in dataset.columns if column.name != "tag")
    )
    with pytest.raises(
        SourceError, match="release 1 lacks tag, and the contract has no required column"
    ):
        list(ocds.fetch(over(blind, city), SPAN))


def rows(tmp_path: Path, dataset: Dataset, *packages: Any, **fetch: Any) -> list[dict[str, Any]]:
    landed = []
    for n, package in enumerate(packages):
        path = tmp_path / f"{n:05d}-page.json"
        path.write_text(json.dumps(package), "utf-8")
        landed.append(Landed(path, "", f"http://x/{n}", None))
    con = duckdb.connect()
    open_records(
        con,
        landed,
        replace(dataset, source=Source("ocds", {}, {"records": "releases", **fetch})),
        tmp_path,
    )
    found = con.execute("SELECT * EXCLUDE (_row, _file, _line, _hint) FROM delivered ORDER BY _row")
    return [
        {
            n: v
            for n, v in zip([column[0] for column in found.description], row, strict=True)
            if v is not None
        }
        for row in found.fetchall()
    ]


AWARDS = [
    {
        "id": "a1",
        "value": {"amount": 150000000.50, "currency": "IDR"},
        "suppliers": [{"id": "P-1"}],
    },
    {"id": "a2", "value": {"amount": 7}},
]


def test_a_list_within_each_record_becomes_rows_beside_the_records_own_fields(
    dataset, tmp_path
) -> None:
    given = package(
        [
            release(1, awards=AWARDS, buyer={"id": "B"}),
            release(2),
            release(3, awards=[]),
            release(4, awards=None),
        ]
    )
    found = rows(tmp_path, dataset, given, explode="awards")
    assert [(row["ocid"], row["awards.id"], row["awards.value.amount"]) for row in found] == [
        ("ocds-x-1", "a1", "150000000.5"), ("ocds-x-1", "a2", "7"),
    ]  # fmt: skip
    assert (
        found[0]["buyer.id"] == "B"
        and found[0]["awards.suppliers"] == '[{"id": "P-1"}]'
        and "awards" not in found[0]
    )


def test_a_list_deeper_in_the_record_and_elements_that_are_no_objects(dataset, tmp_path) -> None:
    given = package(
        [
            release(1, tender={"id": "t", "items": [{"id": "1"}, "loose"]}),
            release(2, tender={"id": "u"}),
        ]
    )
    found = rows(tmp_path, dataset, given, explode="tender.items")
    assert [
        (row["tender.id"], row.get("tender.items.id"), row.get("tender.items")) for row in found
    ] == [("t", "1", None), ("t", None, "loose")]


def test_a_record_whose_list_is_something_else_is_not_lost(dataset, tmp_path) -> None:
    found = rows(
        tmp_path,
        dataset,
        package([release(1, awards={"id": "a1"}), release(2, tender="x"), "text"]),
        explode="awards",
    )
    assert [list(row) for row in found] == [["_shape"], ["_shape"]] and '"id": "a1"' in found[0][
        "_shape"
    ]
    assert [
        list(row)
        for row in rows(
            tmp_path, dataset, package([release(2, tender="x")]), explode="tender.items"
        )
    ] == [["_shape"]]


def later(n: int, tag: str, at: str, **more: Any) -> dict[str, Any]:
    return {**release(n), "id": f"{n}-{tag}", "tag": [tag], "date": at, **more}


def test_the_releases_of_a_process_are_merged_across_packages_by_moment(dataset, tmp_path) -> None:
    first = later(
        1,
        "planning",
        "2026-01-01T23:30:00Z",
        planning={"budget": {"amount": {"amount": 10}}},
        buyer={"id": "B"},
        awards=[AWARDS[0]],
    )
    second = later(1, "tender", "2026-01-02T05:00:00+07:00", tender={"id": "t", "status": "active"})
    third = later(
        1,
        "award",
        "2026-01-03T00:00:00+07:00",
        tender={"id": "t", "status": "complete"},
        awards=[{"id": "a1", "status": "active"}, AWARDS[1]],
    )
    (found,) = rows(
        tmp_path, dataset, package([third, first]), package([second, first]), merge=True
    )
    assert (
        found["tag"] == '["compiled"]'
        and found["date"] == "2026-01-03T00:00:00+07:00"
        and found["id"] == "ocds-x-1-2026-01-03T00:00:00+07:00"
    )
    assert (
        found["tender.status"] == "complete"
        and found["planning.budget.amount.amount"] == "10"
        and found["buyer.id"] == "B"
    )
    awards = json.loads(found["awards"])
    assert (
        [award["id"] for award in awards] == ["a1", "a2"]
        and awards[0]["status"] == "active"
        and awards[0]["value"]["amount"] == 150000000.5
    )


def test_by_moment_means_by_instant_not_by_text(dataset, tmp_path) -> None:
    early, late = (
        later(1, "tender", "2026-01-02T01:00:00+07:00", language="id"),
        later(1, "award", "2026-01-01T20:00:00Z", language="en"),
    )
    (found,) = rows(tmp_path, dataset, package([late, early]), merge=True)
    assert found["language"] == "en"


def test_what_cannot_be_merged_without_loss_stays_whole(dataset, tmp_path) -> None:
    twice = later(
        1, "award", "2026-01-02T00:00:00Z", awards=[AWARDS[0], {**AWARDS[0], "title": "other"}]
    )
    other = later(2, "tender", "2026-01-02T00:00:00Z", tender={"id": "t"})
    text = later(2, "award", "2026-01-03T00:00:00Z", tender="t")
    undated = {**release(3), "date": "soon"}
    found = rows(tmp_path, dataset, package([twice, other, text, undated, "x"]), merge=True)
    assert [row.get("ocid") for row in found] == ["ocds-x-3", None, None, None]
    assert (
        '"title": "other"' in found[2]["_shape"]
        and '"tender": "t"' in found[3]["_shape"]
        and found[1]["_shape"] == '"x"'
    )


def test_merging_asks_for_whole_processes(dataset, served) -> None:
    city = served(lambda *_: answered(package(RELEASES)))
    for changed in (
        over(dataset, city, merge=True),
        over(replace(dataset, delivery="snapshot"), city, merge=True, window={"start": "since"}),
    ):
        with pytest.raises(SourceError, match="merge needs every release of a process"):
            list(ocds.fetch(changed, SPAN))
    assert (
        len(list(ocds.fetch(over(replace(dataset, delivery="snapshot"), city, merge=True), SPAN)))
        == 1
    )
