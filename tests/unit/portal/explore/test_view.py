"""What the explore pages are made of, without a page: views, places, freshness, versions,
sentences, citations, facets; over a small house.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from assets.run import run
from pipelines.contract.model import Text
from pipelines.contract.rules.kinds import meanings
from pipelines.errors import LumbungError
from pipelines.files.table import Table
from pipelines.reference.regions import regions, tiles
from pipelines.release.release import Release, open_release
from portal.api.parameters import BadQuery
from portal.data.entries import entries
from portal.data.entry import Entry
from portal.data.facets import FACETS, Listed, counts
from portal.data.freshness import freshness
from portal.data.versions import versions
from portal.explore import view as explored
from portal.explore.pages.parts.checks import states
from portal.explore.view import View
from portal.telling import citation, maps, tilegrid
from portal.telling.findings import kept_back
from portal.telling.tables import size
from portal.words.say import LANGUAGES, say
from tests.instance import dagster_instance
from tests.released import DAYS, SmallHouse, released
from tests.sample import drop, row

RAIN, MART = "hujan.rain", "mart.rain_daily"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHouse]:
    house = released(tmp_path_factory.mktemp("house"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUMBUNG_LAKE", str(house.lake.root))
        patch.setenv("LUMBUNG_TODAY", str(DAYS[-1] + timedelta(days=1)))
        yield house


@pytest.fixture
def release(house: SmallHouse) -> Release:
    return open_release(house.lake)


@pytest.fixture
def rain(release: Release) -> Entry:
    return entries(release)[RAIN]


def test_every_region_there_is_has_a_tile_of_its_own() -> None:
    placed = tiles()
    now = {
        region["code"]
        for region in regions().to_pylist()
        if region["level"] in ("kecamatan", "kelurahan")
    }
    assert set(placed) == now
    for letters in (8, 13):
        level = [place for code, place in placed.items() if len(code) == letters]
        assert len(set(level)) == len(level)


def test_tiles_lie_roughly_where_the_regions_do() -> None:
    placed = tiles()
    middle = {
        code: [
            sum(
                place[axis]
                for name, place in placed.items()
                if len(name) == 13 and name.startswith(code)
            )
            / 68
            for axis in (0, 1)
        ]
        for code in placed
        if len(code) == 8
    }
    count = {
        code: sum(name.startswith(code) for name in placed if len(name) == 13) / 68
        for code in middle
    }
    at = {code: (x / count[code], y / count[code]) for code, (x, y) in middle.items()}
    telanaipura, selatan, timur, pelayangan, teluk, alam, merah = (
        at[f"15.71.{code}"] for code in ("01", "02", "03", "05", "06", "09", "11")
    )
    assert max(teluk[1], pelayangan[1]) < min(
        y for code, (_, y) in at.items() if code not in ("15.71.05", "15.71.06")
    ), "across the river is north"
    assert (
        telanaipura[0] < timur[0]
        and alam[0] < merah[0]
        and selatan[1] > timur[1]
        and alam[1] > telanaipura[1]
    )
    for code, (x, y) in at.items():
        assert all(
            abs(place[0] - x) + abs(place[1] - y) < 5
            for name, place in placed.items()
            if len(name) == 13 and name.startswith(code)
        ), code


def test_boundaries_are_the_operators_own_and_a_wrong_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LUMBUNG_REGIONS_GEOJSON", raising=False)
    assert tilegrid.boundaries() == []
    path = tmp_path / "regions.geojson"
    square = {
        "type": "Polygon",
        "coordinates": [[[103.5, -1.6], [103.6, -1.6], [103.6, -1.5], [103.5, -1.6]]],
    }
    path.write_text(
        json.dumps(
            {
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"code": "15.71.01", "more": 1},
                        "geometry": square,
                    }
                ]
            }
        )
    )
    monkeypatch.setenv("LUMBUNG_REGIONS_GEOJSON", str(path))
    (feature,) = tilegrid.boundaries()
    assert feature == {"type": "Feature", "properties": {"code": "15.71.01"}, "geometry": square}
    drawn = maps.shapes(
        [feature], {"15.71.01": 3.0}, {"15.71.01": "Telanaipura"}, ("Wilayah", "baris")
    )
    assert (
        drawn["mark"]["type"] == "geoshape"
        and drawn["data"]["values"][0]["value"] == 3.0
        and "url" not in json.dumps(drawn)
    )
    path.write_text('{"features": [{"geometry": {"type": "Point"}, "properties": {}}]}')
    with pytest.raises(LumbungError, match="property code"):
        tilegrid.boundaries()
    monkeypatch.setenv("LUMBUNG_REGIONS_GEOJSON", str(tmp_path / "nowhere.geojson"))
    with pytest.raises(LumbungError, match=r"nowhere.*cannot be read"):
        tilegrid.boundaries()


def test_a_grid_of_degrees_holds_all_points_and_its_bar_is_as_long_as_it_says() -> None:
    rows = ({"lat": -1.60, "lon": 103.55}, {"lat": -1.64, "lon": 103.61})
    grid = tilegrid.graticule(rows, "id")
    corners = [
        point
        for feature in grid
        if "geometry" in feature and not feature["bar"]
        for point in feature["geometry"]["coordinates"]
    ]
    assert all(
        min(x for x, _ in corners) <= row["lon"] <= max(x for x, _ in corners) for row in rows
    )
    assert all(
        min(y for _, y in corners) <= row["lat"] <= max(y for _, y in corners) for row in rows
    )
    (bar,) = (feature["geometry"]["coordinates"] for feature in grid if feature.get("bar"))
    assert "103,560°" in [feature.get("text") for feature in grid] and "103.560°" in [
        feature.get("text") for feature in tilegrid.graticule(rows, "en")
    ]
    assert grid[-1]["text"] == "2 km" and (bar[1][0] - bar[0][0]) * 111.32 == pytest.approx(
        2, rel=0.01
    )
    assert tilegrid.graticule((rows[0],), "id"), "one point has a grid too"


def test_a_view_is_a_question_of_the_row_api_and_gives_what_the_file_holds(
    release: Release, rain: Entry
) -> None:
    view = View(group=("gauge",), measure="sum:rain_mm", filters=(f"measured_at:gte:{DAYS[1]}",))
    found = explored.answer(release, rain, view)
    stored = rain.published.file("csv")
    assert stored
    file = pl.read_csv(Path(release.folder).parents[1] / stored.path, try_parse_dates=True)
    expected = (
        file.filter(pl.col("measured_at").dt.convert_time_zone("Asia/Jakarta").dt.date() >= DAYS[1])
        .group_by("gauge")
        .agg(pl.col("rain_mm").sum())
    )
    assert {row["gauge"]: row["sum_rain_mm"] for row in found.rows} == dict(
        expected.rows()
    ) and found.total == expected.height
    assert view.path(rain).partition("?")[0].endswith(
        f"/api/v1/tables/{RAIN}/aggregate"
    ) and f"filter=measured_at:gte:{DAYS[1]}" in view.path(rain)


def test_rows_without_a_group_come_newest_first_and_whole(release: Release, rain: Entry) -> None:
    found = explored.answer(release, rain, View())
    assert found.total == rain.published.rows and list(found.types) == [
        field.name for field in rain.fields
    ]
    times = [row["measured_at"] for row in found.rows]
    assert times == sorted(times, reverse=True)
    assert "observer" not in found.types, "a closed column is in no view"


@pytest.mark.parametrize(
    "view",
    [
        View(fields=("observer",)),
        View(filters=("rain_mm:gte:banyak",)),
        View(group=("gauge",), measure="sum:kind"),
    ],
)
def test_a_view_that_cannot_be_asked_is_refused(release: Release, rain: Entry, view: View) -> None:
    with pytest.raises(BadQuery):
        explored.answer(release, rain, view)


def test_filters_in_an_address_are_read_as_they_are_written() -> None:
    values = ["a", "b, c", 'd"e']
    assert explored.split(explored.joined(values)) == values
    said = explored.filters_of(
        [f"kind:in:{explored.joined(values)}", "at:gte:2026-01-01T00:00:00+07:00", "nonsense"]
    )
    assert said == {"kind": {"in": 'a,"b, c","d""e"'}, "at": {"gte": "2026-01-01T00:00:00+07:00"}}


def test_a_dataset_ages_while_no_release_is_made(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = freshness(release)[RAIN]
    assert (fresh.newest, fresh.behind, fresh.is_kept, fresh.state) == (
        str(DAYS[-1]),
        0,
        True,
        "fresh",
    )
    monkeypatch.setenv("LUMBUNG_TODAY", str(DAYS[-1] + timedelta(days=11)))
    late = freshness(release)[RAIN]
    assert (late.behind, late.is_kept, late.state) == (240, False, "late")


def test_a_partition_nobody_judged_is_a_cell_of_the_strip_too(release: Release) -> None:
    dataset = release.contracts[0].datasets[0]
    counts = {"delivered": 2, "passed": 2, "quarantined": 0, "duplicates": 0}
    told = (
        {"partition": "2026-01-04", "verdict": "withheld", **counts},
        {"partition": "2026-01-01", "verdict": "passed", **counts, "quarantined": 1},
    )
    assert [(cell["partition"], cell["state"]) for cell in states(dataset, told)] == [
        ("2026-01-01", "partly"),
        ("2026-01-02", "missing"),
        ("2026-01-03", "missing"),
        ("2026-01-04", "withheld"),
    ]


def test_what_was_quarantined_is_told_in_words_not_by_the_rules_name(release: Release) -> None:
    dataset = release.contracts[0].datasets[0]
    for kind in meanings("row"):
        finding = {
            "rule": f"rain_mm.{kind}",
            "kind": kind,
            "column": "rain_mm",
            "level": "row",
            "severity": "error",
            "rows": 1234,
            "message": "",
        }
        told = {lang: kept_back([finding], dataset, lang) for lang in LANGUAGES}
        assert all(sentence and finding["rule"] not in sentence for sentence in told.values()), kind
        assert (
            told["id"] != told["en"]
            and told["id"].startswith("1.234 baris: ")
            and told["en"].startswith("rows: 1,234: ")
        )
    limit = {
        "rule": "rain_mm.maximum",
        "kind": "maximum",
        "column": "rain_mm",
        "level": "row",
        "severity": "warning",
        "rows": 1,
        "message": "",
    }
    (maximum,) = [
        rule.argument("maximum") for rule in dataset.all_rules if rule.name == "rain_mm.maximum"
    ]
    assert (
        kept_back([limit], dataset, "en") == f"rows: 1: rain_mm is above {maximum:g} (noted only)"
    )
    assert kept_back([], dataset, "id") == ""


def test_a_citation_names_release_licence_and_the_address_that_stays(
    release: Release, rain: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_URL", "https://data.example")
    address = f"https://data.example/release/{release.id}/{RAIN}.csv"
    assert citation.apa(rain, "id").startswith(
        f"Dinas Contoh. ({release.id[:4]}). "
    ) and citation.apa(rain, "id").endswith(address)
    assert "data sintetis" not in citation.apa(rain, "id") and "sintetis" in citation.apa(
        rain, "id"
    ), "made-up records are cited as made up"
    assert f"url = {{{address}}}" in citation.bibtex(
        rain, "en"
    ) and "@misc{hujan_rain_" in citation.bibtex(rain, "en")
    assert 'title="' in citation.frame(
        rain, "/x?a=1&b=2", "en"
    ) and "a=1&amp;b=2" in citation.frame(rain, "/x?a=1&b=2", "en")
    assert [size(figure, "id") for figure in (999, 12_300, 2_800_000)] == [
        "999 B",
        "12,3 kB",
        "2,8 MB",
    ]


def embedded(**asked: str | list[str]) -> AppTest:
    """Draw the view in the address alone, as another page embeds it."""

    def page(name: str) -> None:
        from portal.data import entries
        from portal.data import release as standing
        from portal.explore.pages.parts import build

        release = standing.current()
        assert release is not None
        build.show(release, entries.entries(release)[name], "en", alone=True)

    drawn = AppTest.from_function(page, default_timeout=30, kwargs={"name": RAIN})
    for key, value in asked.items():
        drawn.query_params[key] = value
    drawn.run()
    assert not drawn.exception, drawn.exception
    return drawn


@pytest.mark.parametrize("form", ["bar", "line", "none", "pie"])
@pytest.mark.parametrize("measure", ["max:measured_at", "min:kind"])
def test_a_figure_that_is_no_number_is_refused_in_the_pages_own_words(
    house: SmallHouse, measure: str, form: str
) -> None:
    drawn = embedded(group="gauge", measure=measure, chart=form)
    assert [error.value for error in drawn.error] == [say("bad_view", "en")] and not drawn.get(
        "vega_lite_chart"
    )


def test_a_figure_that_is_a_number_is_drawn_and_a_form_that_is_none_is_a_bar(
    house: SmallHouse,
) -> None:
    for form, mark in (("line", "line"), ("pie", "bar")):
        drawn = embedded(group="gauge", measure="max:rain_mm", chart=form)
        (chart,) = drawn.get("vega_lite_chart")
        assert not drawn.error and json.loads(chart.proto.spec)["mark"]["type"] == mark


def item(name: str, **values: tuple[str, ...]) -> Listed:
    told = Text(name, name)
    table = Table(name, told, told, told, "", "", "berkala", "daily", False, "1.0.0", ())
    return Listed(table, dict.fromkeys(FACETS, ()) | values, None)


def test_a_facet_counts_what_its_values_would_leave_of_the_rest() -> None:
    items = [
        item("a", owner=("x",), kind=("dataset",)),
        item("b", owner=("x",), kind=("mart",)),
        item("c", owner=("y",), kind=("mart",)),
    ]
    assert counts(items, {}, "owner") == {"x": 2, "y": 1}
    assert counts(items, {"kind": ["dataset"]}, "owner") == {"x": 1}
    assert counts(items, {"kind": ["dataset"], "owner": ["y"]}, "owner") == {
        "x": 1,
        "y": 0,
    }, "what is chosen stays, at nothing"
    assert [
        item.table.name for item in items if item.is_among({"owner": ["x"], "kind": ["mart"]})
    ] == ["b"]


def test_versions_are_the_releases_in_which_a_table_changed(house: SmallHouse) -> None:
    first = open_release(house.lake)
    assert [version.release for version in versions(first, RAIN, 9)] == [first.id]
    drop(
        house.contracts.parent / "drop",
        DAYS[1],
        [row(DAYS[1], gauge, observer="Warga Sintetis 77") for gauge in (1, 2, 3)],
    )
    with dagster_instance() as instance:
        run(instance, house.contracts, house.lake, house.sql, [], DAYS[1], DAYS[1], lambda *_: None)
    second = open_release(house.lake)
    assert second.id != first.id
    assert [(version.release, version.rows) for version in versions(second, RAIN, 9)] == [
        (second.id, 5),
        (first.id, 4),
    ]
    assert [version.release for version in versions(first, RAIN, 9)] == [first.id] and len(
        versions(second, RAIN, 1)
    ) == 1
    assert versions(second, "no.table", 9) == []
