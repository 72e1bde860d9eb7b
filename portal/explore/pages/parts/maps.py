"""Maps of a table that work without any other host: regions as tiles or an operator's own
boundaries, points over a grid; each with its table beneath.
"""

import streamlit as st

from pipelines.errors import LumbungError
from pipelines.release.release import Release
from portal.data import places
from portal.data.entry import Entry
from portal.data.indicators import region_names
from portal.explore import view
from portal.explore.blocks import chart, one_of, table
from portal.explore.pages.parts.build import cell, figure
from portal.telling import maps, tilegrid
from portal.words.say import number, say

TOLD = 100
"""Points told in the table under the map."""


def show(release: Release, entry: Entry, lang: str) -> None:
    """Draw the maps a table has columns for; nothing where it has none."""
    levels, located = _drawable(release, entry)
    if levels or located:
        st.header(say("map", lang), anchor="map")
    if levels:
        _regions(release, entry, levels, lang)
    if located:
        _points(release, entry, lang)


def has_any(release: Release, entry: Entry) -> bool:
    """Whether there is anything of a table to be drawn on a map."""
    return any(_drawable(release, entry))


def _drawable(release: Release, entry: Entry) -> tuple[list[str], bool]:
    """Return the levels of regions a table has rows of, and whether it has coordinates."""
    names = {field.name for field in entry.fields}
    return places.levels(release, entry) if places.REGION in names else [], set(
        places.COORDINATES
    ) <= names


def _regions(release: Release, entry: Entry, levels: list[str], lang: str) -> None:
    left, right = st.columns(2)
    level = one_of(
        left,
        "level",
        say("level", lang),
        {
            choice: say(choice if choice in ("kelurahan",) else "district", lang)
            for choice in levels
        },
    )
    offered = [
        choice for choice in view.measures(entry) if choice.partition(":")[0] in places.AGGREGATES
    ]
    measure = one_of(
        right, "mapped", say("figure", lang), {choice: figure(choice, lang) for choice in offered}
    )
    kind, _, column = measure.partition(":")
    names = region_names(release)
    regions = places.by_region(release, entry, level, kind, column or None)
    values = {row["code"]: row["value"] for row in regions}
    texts = {
        code: "–" if value is None else number(value, lang, 0 if float(value).is_integer() else 1)
        for code, value in values.items()
    }
    titles = say("region_code", lang), figure(measure, lang)
    alt = say("map_alt", lang, titles[1], len(values))
    drawn = _boundaries(places.LEVELS[level], lang)
    if drawn:
        chart(maps.shapes(drawn, values, names, titles), alt, lang)
        st.caption(say("boundaries_note", lang))
    else:
        placed = tilegrid.placed(names, places.LEVELS[level])
        chart(maps.tiles(placed, values, titles, texts), alt, lang)
        st.caption(say("tiles_note", lang))
    rows = [
        [
            names.get(row["code"], row["code"]),
            row["code"],
            texts[row["code"]],
            number(row["rows"], lang),
            number(row["empty"], lang),
        ]
        for row in regions
    ]
    with st.expander(say("map_table", lang, len(rows))):
        table(
            [titles[0], say("code", lang), titles[1], say("rows", lang), say("empty_cells", lang)],
            rows,
        )


def _boundaries(letters: int, lang: str) -> list[dict[str, object]]:
    """Return the operator's boundaries of a level, none when there are none; a file that cannot
    be read is told, and the tiles are drawn.
    """
    try:
        return [
            boundary
            for boundary in tilegrid.boundaries()
            if len(boundary["properties"]["code"]) == letters
        ]
    except LumbungError as error:
        st.warning(f"{say('no_boundaries', lang)} {error}")
        return []


def _points(release: Release, entry: Entry, lang: str) -> None:
    points = places.points(release, entry)
    if not points:
        st.info(say("no_points", lang))
        return
    titles = {"label": say("key", lang), "rows": say("rows", lang), "lat": "lat", "lon": "lon"}
    chart(
        maps.points(points, tilegrid.graticule(points, lang), titles),
        say("points_alt", lang, len(points)),
        lang,
    )
    st.caption(say("points_note", lang, len(points)))
    with st.expander(say("map_table", lang, min(len(points), TOLD))):
        rows = [
            [
                row["label"] or "–",
                number(row["rows"], lang),
                cell(row["lat"], lang),
                cell(row["lon"], lang),
            ]
            for row in points[:TOLD]
        ]
        table(list(titles.values()), rows)
