"""Search judged over the contracts and models of this house: what people ask in either language,
and the table that should come first.
"""

from collections.abc import Iterator

import pytest

from assets.definitions import build_defs
from assets.instance import QUIET, open_instance
from pipelines.lake.lake import Lake
from pipelines.release.release import Release, open_release
from pipelines.settings import PROJECT
from portal.data import search
from portal.words.synonyms import SYNONYMS

JUDGED = {
    "keluhan": "sikesal.complaints",
    "pengaduan warga": "sikesal.complaints",
    "complaint": "sikesal.complaints",
    "grievances": "sikesal.complaints",
    "izin usaha": "kpi.businesses_licensed",
    "permits": "perizinan.permits",
    "berapa lama izin terbit": "kpi.permit_lead_time",
    "kualitas udara": "aqms.observations",
    "polusi": "aqms.observations",
    "air quality": "aqms.observations",
    "cuaca": "aqms.weather",
    "sampah": "kpi.neighbourhood_cleanliness",
    "parkir": "eparking.points",
    "parking revenue": "mart.parking_revenue_daily",
    "flood": "jcoc.incidents",
    "RT": "kampung_bantar.assessments",
    "bus timetable": "kojatrans.stop_times",
    "penumpang bus": "mart.bus_ridership_daily",
    "macet": "atcs.counts",
    "daftar kamera": "cctv.cameras",
    "emergency calls": "mart.emergency_calls_weekly",
    "pemenang tender": "sirajakoja.awards",
    "procurement contracts": "sirajakoja.contracts",
    "PROPERTY TAX": "mart.property_tax_monthly",
    "musrenbang": "eplanning.proposals",
    "elpiji": "lpg.outlets",
    "daftar informasi publik": "ppid.information_list",
    "sengketa": "ppid.disputes",
    "regulasi": "register_kota.regulations",
    "the awards of the city": "register_kota.awards",
    "antrian": "mpp.tickets",
    "fiber outage": "fiber.outages",
    "kepuasan": "mart.satisfaction_by_unit",
    "pusat opera": "mart.operations_hourly",
    "Sikesal": "sikesal.complaints",
    "ticket_no": "mpp.tickets",
    "jalan rusak": "sikesal.complaints",
    "potholes": "sikesal.complaints",
    "air bersih": "kpi.street_light_and_water_complaints",
    "illegal parking": "sikesal.complaints",
    "traffic jam": "atcs.counts",
}
"""What is asked, and the table that a reader of all contracts would want first."""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    lake = Lake(tmp_path_factory.mktemp("search") / "lake")
    job = build_defs(PROJECT / "assets" / "contracts", lake, PROJECT / "sql").resolve_job_def(
        "release_job"
    )
    with open_instance(lake) as instance:
        assert job.execute_in_process(instance=instance, run_config=QUIET).success
    yield open_release(lake)


def first(release: Release, text: str) -> str | None:
    return next((hit.name for hit in search.search(release, text)), None)


def test_what_people_ask_finds_what_they_mean(release: Release) -> None:
    wrong = {
        text: first(release, text)
        for text, expected in JUDGED.items()
        if first(release, text) != expected
    }
    assert not wrong


def test_without_synonyms_the_judged_searches_fail(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_synonyms", dict)
    search._search.cache_clear()
    try:
        wrong = {text for text, expected in JUDGED.items() if first(release, text) != expected}
    finally:
        search._search.cache_clear()
    assert {"grievances", "polusi", "elpiji", "air bersih", "sampah"} <= wrong


def test_every_word_must_be_found_and_nothing_asked_lists_everything(release: Release) -> None:
    every = {hit.name for hit in search.search(release, "")}
    assert (
        every == {hit.name for hit in search.search(release, "  ,")}
        and {"etle.letters", "mart.operations_hourly", "kpi.permit_lead_time"} <= every
    )
    both, one = (
        {hit.name for hit in search.search(release, text)}
        for text in ("parkir kecamatan", "parkir")
    )
    assert both < one < every
    assert not search.search(release, "parkir xyzzy")


def test_case_diacritics_and_the_beginning_of_the_last_word_are_no_hindrance(
    release: Release,
) -> None:
    assert search.words("Pélayangan, RT-03") == ["pelayangan", "rt", "03"]
    assert search.search(release, "PÉRMÍTS") == search.search(release, "permits")
    assert first(release, "pusat op") == "mart.operations_hourly"
    assert not search.search(release, "op pusat"), "only the last word may be a beginning"


def test_values_of_a_closed_dataset_are_neither_found_nor_suggested(release: Release) -> None:
    closed = next(
        dataset
        for contract in release.contracts
        for dataset in contract.datasets
        if dataset.id == "epromosi.items"
    )
    assert not closed.is_public and any(column.is_public for column in closed.columns), (
        "else this could not fail"
    )
    assert "epromosi.items" not in {
        hit.name for text in ("kuliner", "kerajinan") for hit in search.search(release, text)
    }
    assert not {"kuliner", "kerajinan"} & {
        word
        for text in search.suggest(release, "kulinet kerajinax").searches
        for word in text.split()
    }


def test_rows_that_can_be_had_come_before_closed_ones(release: Release) -> None:
    names = [hit.name for hit in search.search(release, "panggilan 112")]
    assert names.index("mart.emergency_calls_weekly") < names.index("panggilan112.calls")


def test_a_search_that_finds_nothing_is_helped_by_what_does(release: Release) -> None:
    help = search.suggest(release, "keluhn")
    assert not search.search(release, "keluhn") and "keluhan" in help.searches
    assert "parkir" in search.suggest(release, "parkr motor").searches
    assert all(search.search(release, text) for text in help.searches)
    assert len(help.themes) == search.THEMES and all(
        search.search(release, text) for theme in help.themes for text in (theme.id, theme.en)
    )
    assert not search.suggest(release, "xyzzy").searches


def test_help_for_many_misspelt_words_costs_what_it_costs_for_five(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    real = search.get_close_matches
    monkeypatch.setattr(
        search, "get_close_matches", lambda word, *more: looked.append(word) or real(word, *more)
    )
    many = " ".join(
        ["keluhn", "parkr", "revenu", "permts", *(f"zq{'x' * 300}{number}" for number in range(36))]
    )
    help = search.suggest(release, many)
    assert (
        len(looked) == 5
        and all(len(text) <= search.LONGEST for text in looked)
        and 0 < len(help.searches) <= search.NEAR
    )
    assert search.suggest(release, many) == help and len(looked) == 5, (
        "what was looked for once is kept"
    )


def test_help_stops_at_the_first_searches_that_find_something(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    real = search._search
    monkeypatch.setattr(
        search, "_search", lambda folder, text: tried.append(text) or real(folder, text)
    )
    search._themes(release)
    tried.clear()
    help = search.suggest(release, "keluhn parkr permts")
    assert len(help.searches) == search.NEAR and tried[-1] == help.searches[-1]


def test_every_synonym_of_the_first_themes_finds_the_same(release: Release) -> None:
    for group in SYNONYMS[: search.THEMES]:
        found = [
            {hit.name for hit in search.search(release, word)} for word in (*group[0], *group[1])
        ]
        assert all(found) and all(names & found[0] for names in found)
