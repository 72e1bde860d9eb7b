"""The band of how many rows may come, on counts as they are seen: steady, noisy, few, odd days."""

import random
from pathlib import Path

import pytest

from pipelines.contract.model import Rule
from pipelines.lake.delivery import Batch, Usual
from quality.volume import bounds

ARGUMENTS = {
    "shrink": {"share": 0.65, "deviations": 6},
    "growth": {"times": 3, "deviations": 6},
    "redelivery": {"share": 0.5},
}
STEADY = (200, 196, 204, 200, 199, 201, 203, 197)


def bound(kind: str, counts: tuple[int, ...], standing: int | None = None, **stated: object):
    rule = Rule(kind, kind, "partition", None, {**ARGUMENTS[kind], **stated})
    batch = Batch(Path(), ("k",), {}, {}, {}, {}, {"k": Usual(counts, standing)})
    return bounds(rule, batch).get("k")


@pytest.mark.parametrize(
    ("counts", "fewest", "most"),
    [
        (STEADY, 128, 600),
        (STEADY[:7], None, None),
        ((200,) * 8, 130, 600),
        ((12,) * 8, 7, 36),
        ((6,) * 8, 1, 21),
        ((5,) * 8, None, 20),
        ((0,) * 8, None, 15),
        ((100, 200, 150, 250, 120, 220, 180, 160), None, 510),
        ((*STEADY, 20, 22), 13, 598),
        ((*STEADY, 1000), 128, 1500),
    ],
    ids=[
        "steady",
        "seven are no measure",
        "always the same",
        "few",
        "a handful more than none",
        "a handful",
        "none",
        "noisy",
        "weekends",
        "one odd day",
    ],
)
def test_a_band_is_as_wide_as_what_was_seen(
    counts: tuple[int, ...], fewest: int | None, most: int | None
) -> None:
    assert (bound("shrink", counts), bound("growth", counts)) == (fewest, most)


def test_one_odd_day_of_a_weekday_moves_nothing_and_of_other_days_it_may_be_the_sunday() -> None:
    for odd in (0, 3):
        batch = Batch(
            Path(), ("k",), {}, {}, {}, {}, {"k": Usual((200,) * 25 + (odd,), None, True)}
        )
        rule = Rule("shrink", "shrink", "partition", None, ARGUMENTS["shrink"])
        assert bounds(rule, batch) == {"k": 130}
    assert bound("shrink", (200,) * 25 + (3,)) == 2
    many = {"k": Usual((200,) * 25 + (2000,), None, True)}
    rule = Rule("growth", "growth", "partition", None, ARGUMENTS["growth"])
    assert bounds(rule, Batch(Path(), ("k",), {}, {}, {}, {}, many)) == {"k": 600}


def test_half_a_file_of_a_steady_series_lies_below_and_a_usual_day_does_not() -> None:
    dice = random.Random(1)
    for a_day in (20, 60, 200, 5000):
        days = [round(dice.gauss(a_day, a_day**0.5 / 2)) for _ in range(400)]
        for number in range(8, 400):
            fewest = bound("shrink", tuple(days[max(0, number - 56) : number])) or 0
            most = bound("growth", tuple(days[max(0, number - 56) : number]))
            assert fewest <= days[number] <= most
            assert a_day < 200 or days[number] / 2 < fewest


def test_what_stands_was_let_through_and_is_not_too_few() -> None:
    assert bound("shrink", STEADY, 90) == 90 and bound("shrink", STEADY, 300) == 128


@pytest.mark.parametrize(
    ("standing", "fewest"), [(None, None), (200, 100), (11, 6), (9, 4), (5, None), (0, None)]
)
def test_a_redelivery_has_half_of_what_stands_and_a_handful_is_no_difference(
    standing: int | None, fewest: int | None
) -> None:
    assert bound("redelivery", (), standing) == fewest


def test_a_contract_states_its_own_or_none() -> None:
    assert bound("shrink", STEADY, share=0.9, deviations=3) == 177
    assert bound("shrink", STEADY, share=0.3) == 59
    assert bound("growth", STEADY, times=1.1, deviations=1) == 220
    assert bound("redelivery", (), 200, share=0.9) == 180
    for kind in ARGUMENTS:
        assert bound(kind, STEADY, 200, off="Data come in bursts") is None
