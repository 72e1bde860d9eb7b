"""What a contract must say of a list over HTTP: where it stands, how it is paged and how a window
of time is asked for. The styles of paging are ``rest.paging``'s.
"""

from collections.abc import Mapping
from typing import Any

from pipelines.connectors.http.facts import PARAMS, PATH, WINDOW, check_auth
from pipelines.connectors.rest.paging import COMMON, STYLES
from pipelines.contract.connector import Connector
from pipelines.contract.fact import Fact
from pipelines.errors import nearest
from pipelines.records.facts import READING
from pipelines.yamltext import Key, YamlText


def check_paging(text: YamlText, place: Key, fetch: Mapping[str, Any]) -> None:
    """Record a style of paging nobody has, and what the style needs and is not said."""
    paging = fetch.get("paging")
    if not isinstance(paging, Mapping):
        return
    name = str(paging.get("style", "single"))
    if name not in STYLES:
        text.problem(place, f"fetch: paging style '{name}'; {nearest(name, STYLES)}")
        return
    if not isinstance(paging.get("repeats", False), bool):
        text.problem(place, f"fetch: paging repeats is true or false; found {paging['repeats']!r}")
    for needed in STYLES[name].needs:
        if not paging.get(needed):
            text.problem(place, f"fetch: paging style {name} needs '{needed}'")


def paging() -> Fact:
    """Return the fact that says how pages follow each other, with what the styles read of it."""
    read = [fact for style in STYLES.values() for fact in (*style.needs, *style.may)]
    return Fact(
        "paging",
        f"style, one of {', '.join(STYLES)}, and what that style needs; total_field or total_header"
        " when the source states how many there are; repeats: true when it does hold a record"
        " twice, else one that comes on two pages is a page that moved",
        inner=("style", *COMMON, *dict.fromkeys(read)),
    )


REST = Connector(
    __name__,
    "location",
    (*READING, PATH, PARAMS, paging(), WINDOW),
    check_server=check_auth,
    check_fetch=check_paging,
    looks_at="stated total of all passed days of events, of halves where it differs; needs a"
    " `window` with start and end, and `size_parameter`",
)
