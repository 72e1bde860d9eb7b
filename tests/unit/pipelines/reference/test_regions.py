"""The regions of a city from its file: Jambi's as they were before they were a file, none, and
mistakes with their lines.
"""

from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import ContractError
from pipelines.receipts.receipt import rows_sha256
from pipelines.reference.regions import kelurahan, regions, tiles
from pipelines.settings import PROJECT
from tests.cities import BANDUNG, write_city

AS_TYPED = "ebfcee0a3567ca76b1b603f08d32af5d1009d0ec3867f4b49ff9f82a462b87d7"
"""Hash of the rows when they stood in code; the receipts of that time name the same table."""
REGIONS = """\
kecamatan:
  "32.73.01":
    name: Sukasari
    bps: "3273230"
    kelurahan:
      "1001": Sarijadi
      "1002": Sukarasa
since:
  "32.73.01.1002": 2020-02-29
tiles:
  kecamatan: |
    . 01
  kelurahan: |
    01.01 .
    .     01.02
"""
MISTAKES = {
    ('"32.73.01":', '"15.71.01":'): r":1: kecamatan: these are the regions of 15.71, .* 32.73;",
    ('"32.73.01":', '"32.73.1":'): r":2: kecamatan.32.73.1: is no kecamatan of the city; .*32.73",
    ('"1001": Sarijadi', '"101": Sarijadi'): r":6: .*last four digits of a kelurahan's code",
    ("since:", "sinse:"): r":8: sinse: unknown key 'sinse'; did you mean 'since'\?",
    ('"32.73.01.1002": 2020', '"32.73.01.1003": 2020'): r":9: .*no region here; did you mean",
    ("2020-02-29", "2021-02-29"): r":9: since.32.73.01.1002: there is no day 2021-02-29",
    ("2020-02-29", "2020"): r":9: since.32.73.01.1002: 2020 is not allowed; it is a date",
    (". 01\n", ". 02\n"): r":11: tiles.kecamatan: tile 02 is 32.73.02, no region here",
    ('bps: "3273230"', 'bps: "1571050"'): r":4: kecamatan.32.73.01.bps: 1571050 does not begin with"
    " 3273, the city's codes.bps",
    ('bps: "3273230"', "bps: 3273230"): r":4: .*seven digits in quotes; write it in quotes",
}


@pytest.fixture
def bandung(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(
        "LUMBUNG_CITY_FILE", str(write_city(tmp_path, BANDUNG + "regions: regions.yaml\n"))
    )
    (tmp_path / "regions.yaml").write_text(REGIONS)
    return tmp_path


def test_jambis_regions_are_those_that_receipts_name() -> None:
    assert rows_sha256(regions()) == AS_TYPED
    assert (len(kelurahan(date(2022, 12, 31))), len(kelurahan(date(2023, 1, 1)))) == (62, 68)
    assert set(tiles()) == {row["code"] for row in regions().to_pylist() if row["level"] != "kota"}


def test_a_city_brings_its_own(bandung: Path) -> None:
    codes = ["32.73", "32.73.01", "32.73.01.1001", "32.73.01.1002"]
    assert regions()["code"].to_pylist() == codes
    assert regions()["parent_code"].to_pylist() == ["32", "32.73", "32.73.01", "32.73.01"]
    assert kelurahan(date(2020, 2, 28)) == ("32.73.01.1001",)
    assert tiles() == {"32.73.01": (1, 0), "32.73.01.1001": (0, 0), "32.73.01.1002": (1, 1)}


def test_a_city_without_a_file_of_regions_has_its_own_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_CITY_FILE", str(write_city(tmp_path)))
    assert regions().to_pylist() == [
        {
            "code": "32.73",
            "name": "Kota Bandung",
            "level": "kota",
            "parent_code": "32",
            "bps_code": "3273",
            "valid_from": None,
            "valid_to": None,
        }
    ]
    assert tiles() == {}


@pytest.mark.parametrize("change", MISTAKES)
def test_a_mistake_is_told_with_its_line(bandung: Path, change: tuple[str, str]) -> None:
    assert change[0] in REGIONS
    (bandung / "regions.yaml").write_text(REGIONS.replace(*change))
    with pytest.raises(ContractError, match=MISTAKES[change]):
        regions()


def test_the_regions_of_another_city_are_told_once_with_both_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jambi = PROJECT / "assets" / "regions.yaml"
    path = write_city(tmp_path, BANDUNG + f"regions: {jambi}\n")
    monkeypatch.setenv("LUMBUNG_CITY_FILE", str(path))
    with pytest.raises(ContractError, match=r"of 15\.71, .* codes\.kemendagri: 32\.73") as refused:
        regions()
    assert len(str(refused.value).splitlines()) == 1
