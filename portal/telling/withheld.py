"""What a release shows as it was last made, since it could not be made anew, the systems whose
contract is set aside, and the forms that a table is not handed out in: each with why, as sentences.
"""

from typing import Any

from pipelines.contract.model import Text
from pipelines.files.export import FORMS
from pipelines.files.index import Published
from pipelines.release.manifest import SET_ASIDE, Manifest
from pipelines.release.release import Release
from portal.http.address import page_of
from portal.words.say import pick, say

VIEW = "lumbung."
"""How the name of a withheld view begins."""


def withheld_models(manifest: Manifest, lang: str) -> list[dict[str, Any]]:
    """Return the marts, indicators and views that could not be made anew: name, title, the path
    of a page where there is one, why.
    """
    return [
        {
            "name": name,
            "title": _title(manifest, name),
            "path": page_of(name) if name in manifest.tables else None,
            "why": why(manifest, name, lang),
        }
        for name, entry in sorted(manifest.withheld.items())
        if entry.reason != SET_ASIDE
    ]


def set_aside(release: Release, lang: str) -> list[dict[str, Any]]:
    """Return the systems whose contract is set aside: title, the path of each dataset's page by
    its title, why.
    """
    return [
        {
            "title": contract.title,
            "datasets": {page_of(dataset.id): dataset.title for dataset in contract.datasets},
            "why": say("contract_set_aside", lang),
        }
        for contract in release.contracts
        if is_set_aside(release.manifest, contract.application)
    ]


def is_set_aside(manifest: Manifest, application: str) -> bool:
    """Whether an application was not harvested, since its contract cannot be read."""
    entry = manifest.withheld.get(application)
    return entry is not None and entry.reason == SET_ASIDE


def why(manifest: Manifest, name: str, lang: str) -> str:
    """Return why a model was not made anew and what is shown instead; empty when it was."""
    entry = manifest.withheld.get(name)
    if entry is None:
        return ""
    because = pick(_title(manifest, entry.because), lang) if entry.because else ""
    is_there = name in manifest.tables or name.removeprefix(VIEW) in manifest.views
    stays = say("last_good" if is_there else "nothing_instead", lang)
    return f"{say(f'model.{entry.reason}', lang, because)}; {stays}"


def lacking(published: Published, lang: str) -> list[tuple[str, str]]:
    """Return the forms a table is not handed out in, each with why."""
    return [
        (FORMS[form].name, say(f"lacking_{reason}", lang))
        for form, reason in published.lacking.items()
    ]


def _title(manifest: Manifest, name: str) -> Text:
    model = manifest.models.get(name)
    return model.header.title if model else Text(name, name)
