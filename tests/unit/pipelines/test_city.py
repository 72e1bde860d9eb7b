"""The city's file: what it says, every mistake in it with its line and the remedy, and how its
names and macros come into SQL.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.city import Colours, is_zone, municipality, read_municipality
from pipelines.errors import ContractError
from pipelines.models.indicators import kpi_columns
from pipelines.models.sqlfile import read_conventions, text_of
from pipelines.receipts.code import code
from pipelines.settings import PROJECT
from tests.cities import BANDUNG, write_city

MISTAKES = {
    "name: Kota Bandung / Bandung City": {
        "name: Kota Bandung": r":1: name: 'Kota Bandung' is not allowed; it is the city's name in"
        r" both languages",
        "nama: Kota Bandung / Bandung City": r":1: nama: unknown key 'nama'; did you mean 'name'\?",
        "": r":1: name: is required: the city's name",
    },
    'kemendagri: "32.73"': {
        "kemendagri: 32.73": r":5: codes.kemendagri: 32.73 is not allowed; .*; write it in quotes",
        'kemendagri: "3273"': r":5: codes.kemendagri: '3273' is not allowed",
        'kemendagrie: "32.73"': r":5: codes.kemendagrie: unknown key .* did you mean 'kemendagri'",
    },
    "timezone: Asia/Jayapura": {
        "timezone: Asia/Jayapure": r":9: timezone: .*no zone .*did you mean 'Asia/Jayapura'\?",
        "timezone: WIT": r":9: timezone: 'WIT' is no zone of IANA's list",
        'timezone: ""': r":9: timezone: '' is no zone of IANA's list; write one such as \S+"
        r" or \S+$",
        "timezone: Asia": r":9: timezone: 'Asia' is no zone",
        "timezone: posix/Asia/Jakarta": r":9: .*no zone .*did you mean 'Asia/Jakarta'\?",
    },
    "languages: [en, id]": {
        "languages: [en, jv]": r":10: languages\[1\]: 'jv' is not allowed; allowed: en, id",
        "languages: []": r":10: languages: \[\] is not allowed; it is the languages of its pages",
        "languages: [id, id]": r":10: languages: \['id', 'id'\] is not allowed",
    },
    "north: -6.8": {
        "north: -7.5": r":8: box.south: -7.0 is not less than north, -7.5",
        "north: .nan": r":8: box.north: nan is not allowed; it is degrees of latitude .* to 90",
        "north: 90.1": r":8: box.north: 90.1 is not allowed; it is degrees of latitude",
    },
    "south: -7.0": {"south: -170": r":8: box.south: -170 is not allowed; .*from -90"},
    "west: 107.5": {
        "west: -180.5": r":8: box.west: -180.5 is not allowed; .*from -180",
        "west: 107.8": r":8: box.west: 107.8 is not less than east, 107.8",
    },
    "contact: ppid@bandung.example": {
        "contact: a@b.id>": r":15: contact: 'a@b.id>' is not allowed; it is the office's mail",
        "contact: PPID <a@b.id>": r":15: contact: .* such as informasi@kota.go.id",
        "contact: mailto:a@b.id": r":15: contact: ",
        "contact: a@b.id?cc=c@d.id": r":15: contact: ",
    },
    "logo: bandung.png": {
        "logo: bandong.png": r":13: logo: there is no file .*bandong.png; put it there",
        "logo: bandung.svg": r":13: logo: 'bandung.svg' is not allowed; it is a PNG file",
        "logo: city.yaml.png": r":13: logo: .*city.yaml.png is no PNG; save the logo as PNG",
    },
    'light: "#1d3a8a"': {
        'light: "#fff000"': r":14: colours.light: #fff000 on #ffffff has a contrast of 1\.\d to 1,"
        r" and text needs 4.5 .*choose a darker one",
        "light: blue": r":14: colours.light: 'blue' is not allowed; it is a dark colour",
    },
    'dark: "#9db8ff"': {'dark: "#1d3a8a"': r":14: colours.dark: .*choose a lighter one"},
}
"""By a line's part, what it may be written as instead and what is then said."""


def test_it_says_who_the_city_is(tmp_path: Path) -> None:
    city = read_municipality(write_city(tmp_path))
    assert (city.name.id, city.name.en, city.short) == ("Kota Bandung", "Bandung City", "Bandung")
    assert (city.code, city.bps_code, city.zone.key) == ("32.73", "3273", "Asia/Jayapura")
    assert city.languages == ("en", "id") and city.colours == Colours("#1d3a8a", "#9db8ff")
    assert city.logo == tmp_path / "bandung.png" and city.regions is None
    assert city.clock == "WIT (UTC+9)"
    assert city.written(datetime(2026, 1, 1, 16, 30, tzinfo=UTC)) == "2026-01-02 01:30 WIT"


@pytest.mark.parametrize(
    ("zone", "clock"),
    [
        ("Asia/Jakarta", "WIB (UTC+7)"),
        ("Asia/Kathmandu", "+0545 (UTC+5:45)"),
        ("America/St_Johns", "NST (UTC-3:30) / NDT (UTC-2:30)"),
        ("UTC", "UTC (UTC+0)"),
    ],
)
def test_its_clock_is_told_with_what_it_is_from_utc(tmp_path: Path, zone: str, clock: str) -> None:
    text = BANDUNG.replace("Asia/Jayapura", zone)
    assert read_municipality(write_city(tmp_path, text)).clock == clock


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Etc/GMT+7", "US/Eastern", "WET", "UTC"])
def test_a_zone_of_ianas_list_is_one(zone: str) -> None:
    assert is_zone(zone)


@pytest.mark.parametrize(
    "name",
    ["", "Asia", "x" * 300, "localtime", "posixrules", "Factory", "posix/Asia/Jakarta", "../UTC"],
)
def test_what_else_lies_among_the_files_of_zones_is_none(name: str) -> None:
    assert not is_zone(name)


@pytest.mark.parametrize(
    ("right", "wrong"), [(right, wrong) for right, wrongs in MISTAKES.items() for wrong in wrongs]
)
def test_a_mistake_is_told_with_its_line_and_the_remedy(
    tmp_path: Path, right: str, wrong: str
) -> None:
    (tmp_path / "city.yaml.png").write_text("no picture")
    assert right in BANDUNG
    path = write_city(tmp_path, BANDUNG.replace(right, wrong))
    with pytest.raises(ContractError, match=MISTAKES[right][wrong]) as refused:
        read_municipality(path)
    assert all(line.startswith(f"{path}:") for line in str(refused.value).splitlines())


def test_every_mistake_is_told_at_once_and_none_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_city(tmp_path, BANDUNG.replace("[en, id]", "[jv]").replace("short:", "shor:"))
    monkeypatch.setenv("LUMBUNG_CITY_FILE", str(path))
    for _ in range(2):
        with pytest.raises(ContractError) as refused:
            municipality()
        assert len(set(str(refused.value).splitlines())) == 3


def test_a_file_that_is_not_there_is_told_with_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_CITY_FILE", str(tmp_path / "none.yaml"))
    with pytest.raises(ContractError, match=r"none.yaml: cannot be read .*LUMBUNG_CITY_FILE"):
        municipality()


def test_sql_is_given_the_city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = (
        "SELECT city_code(), city_name(), city_date(TIMESTAMPTZ '2026-01-01 16:30:00Z')::VARCHAR"
    )
    for file, words in (
        (PROJECT / "assets" / "city.yaml", ("15.71", "Kota Jambi", "2026-01-01")),
        (write_city(tmp_path), ("32.73", "Kota Bandung", "2026-01-02")),
    ):
        monkeypatch.setenv("LUMBUNG_CITY_FILE", str(file))
        with duckdb.connect() as con:
            con.execute(read_conventions(PROJECT / "sql"))
            assert con.execute(asked).fetchall() == [words]
        assert words[0] in kpi_columns()["region_code"].en


def test_a_models_header_names_the_city_and_nothing_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_CITY_FILE", str(write_city(tmp_path)))
    model = tmp_path / "rain.sql"
    model.write_text("-- steward: Dinas {city.name}, {city.short}\nSELECT '{city.name}' AS n\n")
    assert text_of(model) == (
        "-- steward: Dinas Kota Bandung, Bandung\nSELECT '{city.name}' AS n\n"
    )
    model.write_text("-- row: one\n-- steward: Dinas {city.nam}\nSELECT 1\n")
    with pytest.raises(ContractError, match=r"rain.sql:2: {city.nam} .*did you mean '{city.name}'"):
        text_of(model)


def test_the_city_is_part_of_what_made_a_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = code()
    monkeypatch.setenv("LUMBUNG_CITY_FILE", str(write_city(tmp_path)))
    assert re.fullmatch("[0-9a-f]{64}", str(code()["sources_sha256"]))
    assert code()["sources_sha256"] != ours["sources_sha256"]
