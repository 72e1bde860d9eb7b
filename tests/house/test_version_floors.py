"""No locked package is older than the version in which a known hole of its kind was closed."""

import tomllib

import pytest
from packaging.version import Version

from pipelines.settings import PROJECT

FLOORS = {
    "starlette": (
        "1.3.1",
        (
            "CVE-2026-54283 form limits, -54282 and -48710 Host, -48817 method name, CVE-2025-62727"
            " ranges"
        ),
    ),
    "python-multipart": ("0.0.27", "CVE-2026-24486, -40347, -42561"),
    "h11": ("0.16", "CVE-2025-43859 request smuggling"),
    "pyarrow": ("14.0.1", "CVE-2023-47248 pickle in Parquet"),
    "openpyxl": ("2.4.2", "CVE-2017-5992 external entities"),
    "streamlit": ("1.54", "CVE-2026-33682, CVE-2024-42474, CVE-2023-27494, CVE-2022-35918"),
    "duckdb": ("1.1.0", "CVE-2024-41672 files read around the lock-down"),
    "dagster": ("1.5.11", "CVE-2023-51232 files read through the log address"),
}
REQUIRED = {"starlette", "h11", "pyarrow", "streamlit", "duckdb", "dagster"}
REFUSED = {
    "dagster-duckdb": "CVE-2026-41490: SQL in a partition key",
    "dagster-deltalake": "CVE-2026-41490: SQL in a partition key",
}


def too_old(locked: dict[str, Version]) -> dict[str, str]:
    """Packages of a lock that are below their floor, or that must not be in it, with the
    advisory.
    """
    below = {
        name: why
        for name, (floor, why) in FLOORS.items()
        if name in locked and locked[name] < Version(floor)
    }
    return below | {name: why for name, why in REFUSED.items() if name in locked}


def test_no_locked_package_is_below_its_floor() -> None:
    locked = {
        package["name"]: Version(package["version"])
        for package in tomllib.loads((PROJECT / "uv.lock").read_text("utf-8"))["package"]
        if "version" in package
    }
    assert set(locked) >= REQUIRED, "a floor under a package that is not there holds nothing"
    assert too_old(locked) == {}


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("starlette", "1.3.0"),
        ("python-multipart", "0.0.26"),
        ("h11", "0.14.0"),
        ("dagster-duckdb", "0.29.27"),
    ],
)
def test_an_older_version_would_be_told(name: str, version: str) -> None:
    assert set(too_old({name: Version(version)})) == {name}
