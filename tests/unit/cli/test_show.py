"""What a run says at its end."""

import pytest

from assets.profile import Profile
from assets.report import Report
from cli.profile import profile
from cli.show import report, report_json

ROW = {
    "partition": "2026-01-01",
    "verdict": "passed",
    "delivered": 3,
    "passed": 3,
    "quarantined": 0,
    "duplicates": 0,
    "cells_withheld": 0,
    "findings": [],
}


def test_a_run_says_that_nothing_was_due(capsys: pytest.CaptureFixture[str]) -> None:
    report(Report({"hujan.rain": []}, release="one"))
    out = capsys.readouterr().out
    assert "nothing was due" in out and "hujan.rain" not in out


def test_a_dataset_that_was_not_due_has_no_row_of_zeros(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report(Report({"hujan.rain": [ROW], "hujan.gauges": []}, release="one"))
    out = capsys.readouterr().out
    assert "hujan.rain" in out and "hujan.gauges" not in out and "nothing was due" not in out


def test_what_went_wrong_is_not_called_nothing_due(capsys: pytest.CaptureFixture[str]) -> None:
    report(Report({"hujan.rain": []}, errors=["the disk is full"]))
    out = capsys.readouterr().out
    assert "the disk is full" in out and "nothing was due" not in out


def test_where_the_time_went_is_told_the_slowest_first(capsys: pytest.CaptureFixture[str]) -> None:
    fast = Profile({"fetch": 0.25, "judge": 0.001}, {"delivered": 1_234_567, "staged": 400})
    slow = Profile({"models": 2.0})
    run = Report({}, release="one", profiles={"hujan.rain": [fast], "release": [slow]})
    profile(run)
    _, head, *lines = capsys.readouterr().out.splitlines()
    assert head.split("  ")[0] == "what" and [line.split()[:2] for line in lines] == [
        ["release", "2.00"],
        ["hujan.rain", "0.25"],
    ]
    assert "1,235" in lines[1] and "fetch 0.25" in lines[1] and "judge" not in lines[1]
    assert report_json(run)["profiles"]["hujan.rain"] == [
        {"seconds": fast.seconds, "bytes": fast.bytes}
    ]
