"""What a run says at its end."""

import pytest

from assets.run import Report
from cli.show import report

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
