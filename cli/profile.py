"""Where the time of a run went, printed: ``lumbung run --profile``. How it is measured is
``assets.profile``'s business.
"""

from typing import TYPE_CHECKING

from cli.show import table

if TYPE_CHECKING:
    from assets.report import Report

TOLD = 0.005
"""Seconds: a step that took less is not printed."""


def profile(run: "Report") -> None:
    """Print where the time of a run went: seconds of each step, kilobytes delivered and staged,
    the slowest dataset first.
    """
    every = [(name, one) for name, profiles in run.profiles.items() for one in profiles]
    every.sort(key=lambda each: -sum(each[1].seconds.values()))
    lines = [
        {
            "what": name,
            "s": f"{sum(one.seconds.values()):.2f}",
            "steps": ", ".join(
                f"{step} {spent:.2f}" for step, spent in one.seconds.items() if spent >= TOLD
            ),
            **{f"kB {of}": f"{size / 1000:,.0f}" for of, size in one.bytes.items()},
        }
        for name, one in every
    ]
    table("Seconds by step", ["what", "s", "kB delivered", "kB staged", "steps"], lines)
