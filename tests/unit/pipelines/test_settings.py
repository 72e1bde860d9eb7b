"""What the environment sets: typed, read when used, every mistake named with its remedy."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from pipelines.environment import MAIL, SETTINGS
from pipelines.errors import LumbungError
from pipelines.settings import (
    PROJECT,
    contracts_path,
    default_of,
    lake_path,
    settings,
    spool_path,
    sql_path,
)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


def test_what_is_not_set_or_empty_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for empty in (False, True):
        for name in SETTINGS if empty else ():
            monkeypatch.setenv(name, "")
        assert lake_path() == tmp_path / ".lumbung" / "lake"
        assert (
            contracts_path() == PROJECT / "assets" / "contracts" and sql_path() == PROJECT / "sql"
        )
        assert (settings().rate, settings().sessions, settings().today) == (600, 200, None)
        assert (settings().url, settings().regions_geojson) == ("", None)
    assert lake_path(Path("other")) == tmp_path / "other", "what a command is given goes before"
    assert default_of("LUMBUNG_CITY") == "http://127.0.0.1:8600"
    assert default_of("LUMBUNG_TODAY") == "" and default_of("HOME") is None


def test_a_setting_is_read_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for rate in ("7", "0", "8"):
        monkeypatch.setenv("LUMBUNG_RATE", rate)
        assert settings().rate == int(rate)
    for day in ("1970-01-01", "2199-12-31", "2026-02-28"):
        monkeypatch.setenv("LUMBUNG_TODAY", day)
        assert str(settings().today) == day
    monkeypatch.setenv("LUMBUNG_URL", "https://data.kota.go.id/")
    monkeypatch.setenv("LUMBUNG_SPOOL", "/s")
    assert settings().today == date(2026, 2, 28) and spool_path() == Path("/s")
    assert settings().url == "https://data.kota.go.id"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LUMBUNG_SESSIONS", "abc", ("valid integer", "how many people", "empty for 200")),
        ("LUMBUNG_SESSIONS", "-1", ("greater than or equal to 0",)),
        ("LUMBUNG_RATE", "many", ("valid integer", "requests a minute", "empty for 600")),
        ("LUMBUNG_RATE", "1.5", ("valid integer",)),
        ("LUMBUNG_TODAY", "yesterday", ("valid date", "YYYY-MM-DD", "empty for none")),
        ("LUMBUNG_TODAY", "2026-02-30", ("date",)),
        ("LUMBUNG_TODAY", "1969-12-31", ("from 1970-01-01 to 2199-12-31",)),
        ("LUMBUNG_TODAY", "2200-01-01", ("from 1970-01-01 to 2199-12-31",)),
        *(
            ("LUMBUNG_TODAY", written, ("such as 2026-06-16 (YYYY-MM-DD)", "empty for none"))
            for written in ("0", "1781568000", "2026-06-16T00:00:00", "20260616", "2026-W25-2")
        ),
        *(
            ("LUMBUNG_CONTACT", written, ("such as informasi@kota.go.id", "information office"))
            for written in ("ppid", "a@b.id>", "PPID <a@b.id>", "a@b.id?cc=c@d.id")
        ),
    ],
)
def test_a_mistake_says_which_setting_what_was_given_and_what_to_do(
    name: str, value: str, said: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(LumbungError) as caught:
        settings()
    for part in (f"{name}={value!r}: ", *said):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "data.kota.go.id",
        "ftp://kota",
        "https://",
        "https://:80",
        "https://u:geheim@x?y",
        "https://u:geheim@data.kota.go.id",
        "https://data.kota.go.id/?token=geheim",
        "https://geheim:99999",
        "https://geheim:0",
        "https://[geheim",
        "https://geheim\u2100",
        "https://data kota",
    ],
)
def test_an_address_that_cannot_be_the_portals_is_refused_and_not_shown(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_URL", address)
    with pytest.raises(LumbungError) as caught:
        settings()
    message = str(caught.value)
    assert message.startswith("LUMBUNG_URL: an address such as https://data.kota.go.id is needed,")
    assert "reaches the portal" in message and "geheim" not in message


def test_a_setting_is_its_name_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("lumbung_rate", "7")
    monkeypatch.setenv("LUMBUNG_rate", "8")
    monkeypatch.setenv("LUMBUNG_SESSIONS", "201")
    assert (settings().rate, settings().sessions) == (600, 201)


def test_no_address_is_shown_where_the_settings_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CITY", "CITY_SFTP", "CITY_BROKER", "WEBHOOKS", "OPENLINEAGE"):
        monkeypatch.setenv(f"LUMBUNG_{name}", "https://u:geheim@host?token=geheim")
    assert "geheim" not in repr(settings())


def test_a_contact_is_held_to_the_form_of_the_citys_file(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = json.loads((PROJECT / "pipelines" / "city.schema.json").read_text("utf-8"))
    assert schema["properties"]["contact"]["pattern"] == f"^{MAIL.pattern}$"
    monkeypatch.setenv("LUMBUNG_CONTACT", "mailto:ppid@kota.go.id")
    assert settings().contact == "ppid@kota.go.id"


def test_every_mistake_is_named_at_once_and_a_secret_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBUNG_SESSIONS", "abc")
    monkeypatch.setenv("LUMBUNG_RATE", "def")
    monkeypatch.setenv("LUMBUNG_WEBHOOK_SECRET", "whsec_hidden")
    with pytest.raises(LumbungError) as caught:
        settings()
    assert str(caught.value).count("\n") == 1 and "hidden" not in str(caught.value)
    monkeypatch.delenv("LUMBUNG_SESSIONS")
    monkeypatch.delenv("LUMBUNG_RATE")
    assert "hidden" not in repr(settings())
    assert settings().webhook_secret.get_secret_value() == "whsec_hidden"


def test_the_portal_does_not_start_with_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBUNG_SESSIONS", "abc")
    ended = subprocess.run(
        [sys.executable, "-m", "portal.http.server", "--port", "1"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1 and ended.stderr.startswith("LUMBUNG_SESSIONS='abc': ")
    assert "Traceback" not in ended.stderr


def test_who_needs_no_setting_does_not_wait_for_the_library() -> None:
    program = (
        "import sys, pipelines.settings, pipelines.contract.reader;print('pydantic' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "False"
