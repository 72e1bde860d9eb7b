"""``lumbung shell``: query after query over a release; the loop is in ``cli.query``."""

from cli import query
from cli.options import AsOf, LakeOption, ReleaseOption


def shell(release: ReleaseOption = None, as_of: AsOf = None, lake: LakeOption = None) -> None:
    """Query a release interactively; end each query with a semicolon, .tables lists tables,
    .quit leaves.
    """
    query.shell(query.chosen(lake, release, as_of))
