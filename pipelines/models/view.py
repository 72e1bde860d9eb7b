"""The city's views: SELECTs over a release, ``sql/view/<name>.sql``, which become its views
``lumbung.<name>``. Which of them a release can have is ``publication.views``' business.
"""

from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import ContractError
from pipelines.models.statement import read_text, tables_of

VIEWS = "view"


@dataclass(frozen=True)
class View:
    """One view over a release, and the tables its SELECT names."""

    query: str
    reads: tuple[tuple[str, str], ...]
    path: Path


def read_views(folder: Path) -> dict[str, View]:
    """Read ``view/*.sql``: SELECTs over a release, which become its views ``lumbung.<name>``;
    ContractError for one that is no SELECT.
    """
    views, problems = readable_views(folder)
    if problems:
        raise ContractError("\n".join(problems.values()))
    return views


def readable_views(folder: Path) -> tuple[dict[str, View], dict[str, str]]:
    """Return the views whose file can be read, and what is wrong with each of the others, by
    name.
    """
    views, problems = dict[str, View](), dict[str, str]()
    for path in sorted((folder / VIEWS).glob("*.sql")):
        try:
            text = read_text(path).strip().rstrip(";")
            views[path.stem] = View(text, tables_of(path, text), path)
        except ContractError as error:
            problems[path.stem] = str(error)
    return views, problems
