"""A profile written as a contract: every column closed, every guess with its evidence, and TODO
where only a person knows. What its words mean is ``contract.terms``' business.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.draft.examples import examples_of
from pipelines.draft.field import Field
from pipelines.draft.found import apart, slug
from pipelines.draft.profile import ITEM, Profile
from pipelines.draft.units import without_unit
from pipelines.draft.written import comment, plural, word
from pipelines.lake.delivery import Landed

FRESH = {"daily": (2, "d"), "weekly": (9, "d"), "monthly": (40, "d"), "irregular": (400, "d")}
"""Cadence -> how old the newest record may be."""
CHANGED = {"updated", "diubah", "modified", "changed", "diperbarui"}
"""Words of names that say when a row was last changed."""
PLACES = {"line": "baris", "file": "berkas"}
"""Places of a record, in English and Indonesian."""
EXEMPTION = (
    "belum diklasifikasi; tertutup sampai uji konsekuensi (UU 14/2008 Ps 19) / not classified yet;"
    " closed until a consequence test (UU 14/2008 Ps 19)"
)
HEAD = """\
# Drafted from {records} by `lumbung new {name} --from`. It reads, and nothing of it is public.
# Next: 1. settle every TODO here; what was seen stands beside it.
#       2. lumbung check {path}
#       3. lumbung try {name} FILE: which rows of a file would pass, without touching the lake.
#       4. lumbung run {name}: while status is draft nothing is published.
#       5. When its owner agrees: informationClass, classification: public on each column that may
#          be open, status: active.
apiVersion: v3.1.0
kind: DataContract
id: {word}
name: {word}  # TODO what people call the system
version: 0.1.0
status: draft
domain: governance  # TODO economy, people, governance, environment, mobility, living
description:
  purpose: TODO untuk apa data ini / TODO what the data is for
  limitations: TODO apa yang tidak dapat disimpulkan / TODO what cannot be concluded
team:
  name: TODO dinas pemilik data  # the owner agency (OPD)
customProperties:
  - {{property: title, value: {{id: TODO nama untuk publik, en: TODO name for the public}}}}
  - {{property: licence, value: CC-BY-4.0}}  # TODO SPDX id, as the owner says
  - {{property: activeFrom, value: "{first}"}}  # TODO first day with records; the earliest seen
"""


def written(name: str, path: str, profiles: Sequence[Profile]) -> str:
    """Return the contract of the application ``name``, which will stand at ``path``, as YAML."""
    counted = sum(profile.rows for profile in profiles)
    records = f"{counted:,} {plural(counted, 'record', 'records')}"
    first = min(profile.placing.first for profile in profiles)
    servers = _servers(profiles)
    datasets = apart(profile.found.dataset.name for profile in profiles)
    lines = [
        HEAD.format(name=name, word=word(name), path=comment(path), records=records, first=first)
        + "servers:"
    ]
    for server, facts in servers.items():
        lines += _server(server, facts)
    lines.append("slaProperties:")
    for dataset, profile in zip(datasets, profiles, strict=True):
        value, unit = FRESH[profile.placing.cadence]
        lines.append(
            f"  - {{property: freshness, value: {value}, unit: {unit}, element: {word(dataset)}}}"
        )
    lines += ["  - {property: retention, value: 5, unit: y}  # TODO as the law asks", "schema:"]
    for dataset, profile in zip(datasets, profiles, strict=True):
        server = next(server for server, facts in servers.items() if facts == profile.found.written)
        lines += _dataset(dataset, server, profile)
    return "\n".join(lines) + "\n"


def _servers(profiles: Sequence[Profile]) -> dict[str, Mapping[str, Any]]:
    """Return every server once, under a name of its own."""
    facts: list[tuple[str, Mapping[str, Any]]] = []
    for profile in profiles:
        if all(profile.found.written != known for _, known in facts):
            facts.append((profile.found.server, profile.found.written))
    names = apart(name for name, _ in facts)
    return {name: known for name, (_, known) in zip(names, facts, strict=True)}


def _server(name: str, facts: Mapping[str, Any]) -> Iterator[str]:
    yield f"  - server: {name}"
    for key, value in facts.items():
        if key not in ("connector", "url"):
            yield f"    {key}: {word(str(value))}"
    yield "    customProperties:"
    for key in ("connector", "url"):
        if key in facts:
            yield f"      - {{property: {key}, value: {word(str(facts[key]))}}}"


def _dataset(name: str, server: str, profile: Profile) -> Iterator[str]:
    placing, found = profile.placing, profile.found
    names = _names(profile.fields)
    yield f"  - name: {word(name)}"
    yield "    logicalType: object"
    yield "    dataGranularityDescription: TODO satu baris adalah / TODO one row is"
    yield "    description: TODO isi himpunan data / TODO what this dataset holds"
    yield from (f"    # TODO {comment(note)}" for note in profile.notes)
    yield "    customProperties:"
    yield "      - {property: title, value: {id: TODO judul, en: TODO title}}"
    yield f"      # {comment(placing.evidence)}"
    yield f"      - {{property: delivery, value: {placing.delivery}}}"
    yield f"      - {{property: cadence, value: {placing.cadence}}}{_doubt(placing.cadence)}"
    if placing.partition != "day":
        yield f"      - {{property: partition, value: {placing.partition}}}"
    if placing.by is not None:
        yield f"      - {{property: partitionBy, value: {word(names[placing.by])}}}"
    if placing.rows[1]:
        least, most = placing.rows
        yield f"      # {least:,} to {most:,} rows a {placing.partition}: quality may state a band"
    yield "      # TODO berkala, serta merta, setiap saat, or dikecualikan with its article"
    yield "      - {property: informationClass, value: dikecualikan}"
    yield f"      - {{property: exemption, value: {word(EXEMPTION)}}}"
    yield f"      - {{property: missing, value: {flow(_missing(profile.fields))}}}"
    yield f"      - {{property: server, value: {server}}}"
    yield f"      - {{property: fetch, value: {flow(_fetch(profile))}}}"
    yield f"    # key: {comment(profile.key.evidence)}"
    yield "    properties:"
    key, places = list(profile.key.fields), list[str]()
    if not key:
        places = _places(found.landed)
        key = [*places, *([ITEM] if "unpivot" in found.dataset.source.fetch else [])]
        yield "      # TODO no key was found: a record is known by its place until there is one"
        yield from (line for place in places for line in _place(place, key))
    for one in profile.fields:
        yield from _column(one, names, key, profile)


def _doubt(cadence: str) -> str:
    return "  # TODO how often something new comes" if cadence == "irregular" else ""


def _names(fields: Sequence[Field]) -> dict[str, str]:
    """Return the columns' names by field."""
    own = [
        slug(without_unit(one.field)) or f"column_{number}"
        for number, one in enumerate(fields, start=1)
    ]
    reserved = ["line_number", "file_number"]
    return dict(zip([one.field for one in fields], apart([*reserved, *own])[2:], strict=True))


def _missing(fields: Sequence[Field]) -> list[str]:
    return ["", *sorted({mark for one in fields for mark in one.missing})]


def _fetch(profile: Profile) -> Mapping[str, Any]:
    facts = dict(profile.found.dataset.source.fetch)
    if profile.found.dataset.source.connector == "database" and profile.placing.by is not None:
        facts["time"] = profile.placing.by
        changed = [
            one.field for one in profile.fields if one.type == "timestamp" and _is_change(one)
        ]
        facts |= {"changed": changed[0]} if changed else {}
    return facts


def _is_change(one: Field) -> bool:
    return not CHANGED.isdisjoint(slug(one.field).split("_")) and not one.formats


def _places(landed: Sequence[Landed]) -> list[str]:
    """Return the columns that know a record by its place: its line, and its file, where several
    may be of one partition.
    """
    is_one = len({part.partition for part in landed}) == len(landed)
    return ["line_number"] if is_one else ["file_number", "line_number"]


def _place(name: str, key: Sequence[str]) -> Iterator[str]:
    what = name.partition("_")[0]
    yield f"      - name: {name}"
    yield f"        physicalName: _{what}"
    yield "        logicalType: integer"
    yield from _of_key(name, key)
    yield "        required: true"
    yield "        classification: internal"
    yield f"        description: Nomor {PLACES[what]} / {what.capitalize()} number"
    yield "        examples: [1]"
    yield "        customProperties:"
    yield '          - {property: unit, value: "1"}'


def _of_key(name: str, key: Sequence[str]) -> Iterator[str]:
    if name in key:
        yield "        primaryKey: true"
        yield f"        primaryKeyPosition: {key.index(name) + 1}"


def _column(
    one: Field, names: Mapping[str, str], key: Sequence[str], profile: Profile
) -> Iterator[str]:
    name = names[one.field]
    yield f"      # {_seen(one)}"
    if one.why is not None:
        yield f"      # looks personal: {one.why}"
    yield from (f"      # TODO {comment(todo)}" for todo in one.todo)
    yield f"      - name: {word(name)}"
    if name != one.field:
        yield f"        physicalName: {word(one.field)}"
    yield f"        logicalType: {one.type}"
    yield from _of_key(one.field, key)
    if one.field in key or one.field == profile.placing.by:
        yield "        required: true"
    yield f"        classification: {one.classification}"
    if one.unit == "%" and _is_within(one, 0, 100):
        yield "        logicalTypeOptions: {minimum: 0, maximum: 100}"
    yield f"        description: TODO arti {name} / TODO meaning of {name}"
    yield f"        examples: {flow(examples_of(one))}"
    if one.values:
        yield "        quality:"
        yield "          - metric: invalidValues"
        yield "            mustBe: 0"
        yield f"            arguments: {{validValues: {flow(list(one.values))}}}"
    yield from _properties(one, profile)


def _properties(one: Field, profile: Profile) -> Iterator[str]:
    properties: dict[str, Any] = dict(one.options)
    if one.type in ("integer", "number"):
        properties["unit"] = one.unit or "1"
    if one.formats:
        properties["formats"] = list(one.formats)
    if one.words:
        properties["missing"] = [*_missing(profile.fields), *one.words]
    if properties:
        yield "        customProperties:"
    for name, value in properties.items():
        doubt = "  # TODO the name states none" if name == "unit" and not one.unit else ""
        yield f"          - {{property: {name}, value: {flow(value)}}}{doubt}"


def _seen(one: Field) -> str:
    said = f"{one.filled:,} of {one.rows:,} filled, {one.distinct:,} distinct"
    return f"{said}, {one.low} to {one.high}" if one.low is not None else said


def _is_within(one: Field, least: float, most: float) -> bool:
    return (
        one.low is not None
        and one.high is not None
        and least <= float(one.low)
        and float(one.high) <= most
    )


def flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{word(str(key))}: {flow(item)}" for key, item in value.items()) + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return word(value) if isinstance(value, str) else str(value)
