"""CKAN's filter queries: the part of Solr's syntax that harvesters and clients send, read into a
condition on a package.

One or more of ``field:value``, ``field:"two words"``, ``field:(one OR two)``, ``field:begin*``,
``metadata_modified:[2026-01-01T00:00:00Z TO *]``, each with ``-`` or ``NOT`` before it where it
must not hold. ``OR`` binds what stands left and right of it, everything else must hold together:
harvesters send ``organization:a OR organization:b metadata_modified:[...]`` and mean both.
https://solr.apache.org/guide/solr/latest/query-guide/standard-query-parser.html
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from portal.api.ckan.package import Package
from portal.api.ckan.parameters import Refused

Holds = Callable[[Package], bool]
LONGEST, MOST_WORDS, MOST_PARTS = 8_000, 40, 200
"""Characters of a query, words looked for, and parts of its conditions at most: every package is
held against every one.
"""
EVERYTHING = ("", "*", "*:*")
FIELDS: dict[str, Callable[[Package], Iterable[Any]]] = {
    **{
        name: lambda package, name=name: [package[name]]
        for name in ("id", "name", "owner_org", "license_id", "author", "state", "type", "version")
    },
    "organization": lambda package: [package["organization"]["name"]],
    "groups": lambda package: [group["name"] for group in package["groups"]],
    "tags": lambda package: [tag["name"] for tag in package["tags"]],
    "res_format": lambda package: dict.fromkeys(
        resource["format"] for resource in package["resources"]
    ),
    "dataset_type": lambda package: [package["type"]],
    "capacity": lambda package: ["private" if package["private"] else "public"],
}
"""What is asked for by its exact value, and what may be counted."""
WORDED: dict[str, Callable[[Package], str]] = {
    "title": lambda package: f"{package['title']} {extra(package, 'title_en')}",
    "notes": lambda package: f"{package['notes']} {extra(package, 'notes_en')}",
    "text": lambda package: " ".join(
        [
            package["name"].replace("-", " "),
            WORDED["title"](package),
            WORDED["notes"](package),
            *FIELDS["tags"](package),
            package["author"],
        ]
    ),
}
"""What is asked for by its words, in both languages."""
DATED = ("metadata_created", "metadata_modified")
VALUE = r"""(?:"[^"]*"|\([^()]*\)|[\[{][^\]}]*[\]}]|[^\s()\[\]{}"]+)"""
PART = re.compile(r'"[^"]*"|[^\s()"]+')
TOKEN = re.compile(
    rf"""\s*(?:(?P<word>AND|OR|NOT)(?=[\s(]|$)|(?P<sign>[-+])?(?:(?P<field>\*|[a-zA-Z_][a-zA-Z0-9_]*):(?P<value>{VALUE})|\((?P<group>(?:[^()]|\([^()]*\))*)\)))"""
)
ASKED = re.compile(rf"""[-+]?(?:{"|".join([*FIELDS, *WORDED, *DATED])}):{VALUE}""")


def conditions(queries: Iterable[str]) -> Holds:
    """Return the condition that several queries state together; Refused (Search Query Error) for
    what is not understood, or too much.
    """
    sources = list(queries)
    parts = sum(len(PART.findall(query[:LONGEST])) for query in sources)
    if parts > MOST_PARTS:
        raise refused(
            " ".join(sources)[:40], f"fq and fq_list have {MOST_PARTS} words and values at most"
        )
    return _all([parse(query) for query in sources])


def parse(query: str) -> Holds:
    """Return the condition a query states; Refused (Search Query Error) for what is not
    understood.
    """
    groups: list[list[Holds]] = []
    joined = negated = False
    for token in _tokens(query):
        match token["word"]:
            case "AND":
                joined = False
            case "OR":
                joined = bool(groups)
            case "NOT":
                negated = True
            case _:
                condition = (
                    parse(token["group"])
                    if token["field"] is None
                    else _condition(token["field"], token["value"])
                )
                condition = _not(condition) if negated or token["sign"] == "-" else condition
                groups[-1:] = [[*groups[-1], condition]] if joined else [*groups[-1:], [condition]]
                joined = negated = False
    return _all([_any(group) for group in groups])


def words_and_conditions(query: str) -> tuple[str, Holds]:
    """Split what somebody typed into words and the ``field:value`` among them."""
    if len(query) > LONGEST:
        raise refused(query[:40], f"a query has {LONGEST} characters at most")
    if query in EVERYTHING:
        return "", _all([])
    words = ASKED.sub(" ", query).strip()
    if len(re.findall(r"\w+", words)) > MOST_WORDS:
        raise refused(words[:40], f"q has {MOST_WORDS} words at most")
    return words, conditions(match[0] for match in ASKED.finditer(query))


def extra(package: Package, key: str) -> str:
    """Return the value of one of a package's extras, empty where it has none."""
    return next((pair["value"] for pair in package["extras"] if pair["key"] == key), "")


def refused(what: str, allowed: str) -> Refused:
    """Return the refusal of something in a query, with what is allowed."""
    return Refused("query", f"Search Query is invalid: '{what[:200]}' is not understood; {allowed}")


def _tokens(query: str) -> Iterator[re.Match[str]]:
    place, query = 0, query.strip()
    if query in EVERYTHING:
        return
    while place < len(query):
        token = TOKEN.match(query, place) if len(query) <= LONGEST else None
        if token is None:
            allowed = (
                'field:value, field:"two words", field:(a OR b), field:begin*,'
                " metadata_modified:[2026-01-01T00:00:00Z TO *], with -, NOT, AND, OR"
            )
            raise refused(
                query[place : place + 40],
                f"understood are {allowed}, of {LONGEST} characters at most",
            )
        yield token
        place = token.end()


def _condition(field: str, value: str) -> Holds:
    """Return what one ``field:value`` asks for."""
    if field == "*" and value == "*":
        return _all([])
    if field in DATED:
        return _between(field, value)
    if value[0] in "[{":
        raise refused(f"{field}:{value}", f"ranges are of {' and '.join(DATED)}")
    values = [match.strip('"') for match in PART.findall(value) if match != "OR"]
    if field in WORDED:
        return _any([_has_words(WORDED[field], wanted) for wanted in values])
    key = field.removeprefix("extras_")
    if field not in FIELDS and key == field:
        raise refused(field, f"fields are {', '.join([*FIELDS, *WORDED, *DATED])} and extras_<key>")
    of = FIELDS.get(field, lambda package: filter(None, [extra(package, key)]))
    return lambda package: any(
        _alike(str(there), wanted) for there in of(package) for wanted in values
    )


def _between(field: str, value: str) -> Holds:
    """Return what ``field:[from TO until]`` asks for: brackets include their end, braces do not,
    and a star is no end.
    """
    match = re.fullmatch(r"([\[{])\s*(\S+)\s+TO\s+(\S+)\s*([\]}])", value)
    if match is None:
        raise refused(f"{field}:{value}", f"{field} is asked for as [2026-01-01T00:00:00Z TO *]")
    first, last = (_time(end, field) for end in (match[2], match[3]))

    def holds(package: Package) -> bool:
        when = package[field]
        after = first is None or when > first or (when == first and match[1] == "[")
        return after and (last is None or when < last or (when == last and match[4] == "]"))

    return holds


def _time(value: str, field: str) -> str | None:
    """Return a time as packages have it, None for a star."""
    if value == "*":
        return None
    try:
        when = datetime.fromisoformat(value)
        return (
            (when.astimezone(UTC) if when.tzinfo else when)
            .replace(tzinfo=None)
            .isoformat(timespec="microseconds")
        )
    except (ValueError, OverflowError):
        raise refused(
            value, f"{field} is compared with times such as 2026-01-01T00:00:00Z, or *"
        ) from None


def _alike(value: str, wanted: str) -> bool:
    value, wanted = value.casefold(), wanted.casefold()
    return value.startswith(wanted[:-1]) if wanted.endswith("*") else value == wanted


def _has_words(of: Callable[[Package], str], wanted: str) -> Holds:
    words = dict.fromkeys(re.findall(r"\w+", wanted.casefold()))
    if len(words) > MOST_WORDS:
        raise refused(wanted[:40], f"one value has {MOST_WORDS} words at most")

    def holds(package: Package) -> bool:
        written = of(package).casefold()
        return all(word in written for word in words)

    return holds


def _any(conditions: list[Holds]) -> Holds:
    return lambda package: any(condition(package) for condition in conditions)


def _all(conditions: list[Holds]) -> Holds:
    return lambda package: all(condition(package) for condition in conditions)


def _not(condition: Holds) -> Holds:
    return lambda package: not condition(package)
