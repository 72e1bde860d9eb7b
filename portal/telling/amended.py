"""How a correction of a published figure is told in words: when, which figure, what changed,
why; every kind of page tells it so.
"""

import re

from pipelines.city import municipality
from portal.data import corrected
from portal.words.say import number, pick, say


def corrected_at(one: corrected.Correction) -> str:
    """Return when a figure was corrected, in the city's time."""
    return municipality().written(one.made_at)


def causes(one: corrected.Correction, lang: str) -> str:
    """Return why a figure was corrected, and from which version of its rule to which."""
    told = [say(f"cause.{cause}", lang) for cause in one.causes]
    return "; ".join(
        [
            *told,
            *(
                [f"{one.rules[0]} → {one.rules[1]}"]
                if one.rules[1] is not None and one.rules[0] != one.rules[1]
                else []
            ),
        ]
    )


def corrected_figure(one: corrected.Correction, lang: str) -> str:
    """Return which figure it is: its period, measure and region, as the indicator's page calls
    them.
    """
    measures = one.kpi.measures if one.kpi else {}
    return " · ".join(
        pick(measures[value], lang) if name == "measure" and value in measures else str(value)
        for name, value in one.key.items()
    )


def changes(one: corrected.Correction, lang: str) -> str:
    """Return what a correction changed, old value before new."""
    if one.values.get("status", ("", ""))[1] is None:
        old = one.values.get("value", (None, None))[0]
        return say("correction_gone", lang, _written(old, lang))
    return "; ".join(
        f"{say(name, lang)}: {_written(old, lang)} → {_written(new, lang)}"
        for name, (old, new) in one.values.items()
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
