"""How a correction of a published figure is told in words: when, which figure, what changed,
why; every kind of page tells it so.
"""

import re

from pipelines.city import municipality
from portal.data.corrections import Correction
from portal.words.say import number, pick, say


def corrected_at(correction: Correction) -> str:
    """Return when a figure was corrected, in the city's time."""
    return municipality().written(correction.made_at)


def causes(correction: Correction, lang: str) -> str:
    """Return why a figure was corrected, and from which version of its rule to which."""
    reasons = [say(f"cause.{cause}", lang) for cause in correction.causes]
    return "; ".join(
        [
            *reasons,
            *(
                [f"{correction.rules[0]} → {correction.rules[1]}"]
                if correction.rules[1] is not None and correction.rules[0] != correction.rules[1]
                else []
            ),
        ]
    )


def corrected_figure(correction: Correction, lang: str) -> str:
    """Return which figure it is: its period, measure and region, as the indicator's page calls
    them.
    """
    measures = correction.kpi.measures if correction.kpi else {}
    return " · ".join(
        pick(measures[value], lang) if name == "measure" and value in measures else str(value)
        for name, value in correction.key.items()
    )


def changes(correction: Correction, lang: str) -> str:
    """Return what a correction changed, old value before new."""
    if correction.values.get("status", ("", ""))[1] is None:
        old = correction.values.get("value", (None, None))[0]
        return say("correction_gone", lang, _written(old, lang))
    return "; ".join(
        f"{say(name, lang)}: {_written(old, lang)} → {_written(new, lang)}"
        for name, (old, new) in correction.values.items()
        if (old, new) != (None, None)
    )


def _written(text: str | None, lang: str) -> str:
    """Return a value as it is written in ``lang``, with every decimal it was published with."""
    if text is None:
        return "–"
    if re.fullmatch(r"-?\d+", text):
        return number(int(text), lang)
    if re.fullmatch(r"-?\d+[.]\d+", text):
        return number(float(text), lang, len(text.partition(".")[2]))
    return say(text, lang) if text in ("final", "provisional", "not available") else text
