"""Every option of the command line and every setting that has a range, found by looking at what is
declared: both ends are taken, what lies just beyond is refused with name, range and remedy.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cli.main import COMMANDS, Commands
from pipelines.environment import Settings, variable
from pipelines.errors import LumbungError
from pipelines.settings import settings
from tests.released import SmallHouse

Command = Callable[..., tuple[int, str, str]]


def ranged() -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Yield every option with a range and its command, by the words it is asked with."""
    for name in COMMANDS:
        command = Commands()[name]
        inner = getattr(command, "commands", {name: command})
        for word, each in inner.items():
            words = name if word == name else f"{name} {word}"
            for option in each.params:
                if getattr(option, "min", None) is not None:
                    yield f"{words} {option.opts[0]}", (each, option)


OPTIONS = dict(ranged())
BOUNDED = {
    variable(name): (end, kind)
    for name, field in Settings.model_fields.items()
    for bound in field.metadata
    for kind in ("ge", "le")
    if (end := getattr(bound, kind, None)) is not None
}


def test_options_and_settings_are_found() -> None:
    assert {"LUMBUNG_SESSIONS", "LUMBUNG_RATE"} <= {*BOUNDED}
    assert {"demo --days", "demo --scale", "verify --sample", "listen --for"} <= {*OPTIONS}


@pytest.mark.parametrize("asked", OPTIONS)
def test_an_option_is_taken_at_both_ends_of_its_range(asked: str) -> None:
    command, option = OPTIONS[asked]
    for end in (option.min, option.max):
        if end is not None:
            context = command.make_context("lumbung", [f"{option.opts[0]}={end}"])
            assert context.params[option.name] == end


@pytest.mark.parametrize("asked", OPTIONS)
def test_an_option_beyond_its_range_is_refused_in_one_line(command: Command, asked: str) -> None:
    option = OPTIONS[asked][1]
    is_whole = option.type_descriptor.annotation is int
    step = 1 if is_whole else 0.001
    beyond = [option.min - step, *([] if option.max is None else [option.max + step])]
    beyond += [] if is_whole else [math.nan]
    *words, name = asked.split()
    for value in beyond:
        code, out, err = command(*words, f"{name}={value}")
        assert (code, out) == (1, "") and name in err and "Traceback" not in err, err
        assert "range" in err or "valid" in err, err


@pytest.mark.parametrize("name", BOUNDED)
def test_a_setting_is_taken_at_its_end_and_refused_beyond(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    end, kind = BOUNDED[name]
    monkeypatch.setenv(name, str(end))
    assert settings()
    monkeypatch.setenv(name, str(end - 1 if kind == "ge" else end + 1))
    with pytest.raises(LumbungError, match=f"{name}=.* than or equal to {end}.*Correct it"):
        settings()


def test_the_least_that_may_be_asked_works(
    house: SmallHouse, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    monkeypatch.setenv("LUMBUNG_SQL", str(house.sql))
    for asked in (
        ("verify", "--sample=1"),
        ("release", "diff", "current", "current", "--examples=0"),
        ("release", "diff", "current", "current", "--examples=10000"),
    ):
        code, _, err = command(*asked)
        assert code == 0 and "Traceback" not in err, err
