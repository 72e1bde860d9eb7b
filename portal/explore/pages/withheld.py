"""Everything that is not published and why: partitions the gate withholds, since when and what
stays instead, and datasets that are exempt. ``/withheld``.
"""

from datetime import datetime
from typing import Any

import streamlit as st

from pipelines.city import municipality
from pipelines.release.release import Release
from portal.data import gate, tables
from portal.explore.blocks import link, table
from portal.telling.findings import reasons
from portal.telling.withheld import set_aside, withheld_models
from portal.words.say import closed_by, number, pick, say


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("withheld_why", lang))
    st.write(say("withheld_intro", lang))
    partitions, counts = gate.withheld(release), gate.kept_back(release)
    if partitions:
        names = ("dataset", "partition", "reasons", "since", "times", "shown_instead")
        table(
            [say(name, lang) for name in names],
            [
                _line(release, row, counts[row["dataset"], row["partition"]], lang)
                for row in partitions
            ],
        )
    else:
        st.info(say("nothing_withheld", lang))
    if systems := set_aside(release, lang):
        st.header(say("systems_set_aside", lang))
        table(
            [say(name, lang) for name in ("title_of_table", "reason")],
            [[pick(system["title"], lang), system["why"]] for system in systems],
        )
    if withheld := withheld_models(release.manifest, lang):
        st.header(say("withheld_models", lang))
        table(
            [say(name, lang) for name in ("title_of_table", "reason")],
            [[pick(model["title"], lang), model["why"]] for model in withheld],
        )
    closed = [
        (contract, dataset) for contract, dataset in release.datasets if not dataset.is_public
    ]
    st.header(say("closed_datasets", lang))
    st.write(say("closed_intro", lang))
    lines = []
    for contract, dataset in closed:
        models = [
            link(pick(model.header.title, lang), "dataset", lang, id=model.name)
            for model in tables.made_of(release, dataset.id)
        ]
        ground = closed_by(dataset.exemption, lang) or dataset.information_class
        lines.append(
            [
                link(pick(dataset.title, lang), "dataset", lang, id=dataset.id),
                contract.owner,
                ground,
                type(models[0])(" · ".join(models)) if models else "–",
            ]
        )
    table([say(name, lang) for name in ("dataset", "owner", "ground", "published_as")], lines)


def _line(release: Release, row: dict[str, Any], counts: dict[str, Any], lang: str) -> list[str]:
    dataset = release.dataset(row["dataset"])
    name = (
        link(pick(dataset[1].title, lang), "dataset", lang, id=row["dataset"])
        if dataset
        else row["dataset"]
    )
    stays = dataset is not None and row["partition"] in tables.published(release, dataset[1])
    instead = (
        say("good_of", lang, _at(counts["passed_at"]))
        if stays and counts["passed_at"]
        else say("nothing_instead", lang)
    )
    return [
        name,
        row["partition"],
        reasons(row["findings"], lang, dataset[1] if dataset else None),
        _at(counts["since"]),
        number(counts["times"], lang),
        instead,
    ]


def _at(moment: datetime) -> str:
    return municipality().written(moment)
