"""What a run of the release does: every model, then the release, then its subscribers are told.

While it runs no harvest commits, so figures and pinned tables come from the same harvests, and what
a harvest that was killed left half done is ended first; a run
without changes keeps the current release, and one that was not told of yet is told. Dagster's part
is in ``release``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assets.asked import CodeLocation
from assets.lineage import model_events
from assets.profile import Profile
from pipelines.contract.contracts import Contracts
from pipelines.lake import intents
from pipelines.lake.lake import COMMITS, Lake
from pipelines.models.plan import Plan
from pipelines.models.workbench import open_now
from pipelines.publication.damage import damage
from pipelines.publication.make_release import made_already, make_release
from pipelines.publication.models import make_models, rows_as_made, standing
from pipelines.publication.views import serving_views
from pipelines.publication.webhooks import tell
from pipelines.release.manifest import DAMAGED, SET_ASIDE, Withheld
from pipelines.release.release import Release


@dataclass(frozen=True)
class ReleaseRun:
    """How many rows each model has that could be made and what was said of each model and view
    withheld, by ``layer.name``, the release, and how many subscribers took it: None when none was
    told.
    """

    rows: Mapping[str, int]
    withheld: Mapping[str, str]
    release: Release
    accepted: str | None
    profile: Profile


def run_release(
    lake: Lake, contracts: Contracts, plan: Plan, sql: Path, today: date, run_id: str
) -> ReleaseRun:
    """Make every model and the release; a model that fails and a dataset that is damaged are
    withheld, and the release shows them as they were last made. It says so, and which contracts
    are set aside.
    """
    described, profile = contracts.standing, Profile()
    with lake.lock(COMMITS):
        with profile.step("look for damage"):
            damaged = damage(lake, described, plan, intents.settle_alone(lake))
        with (
            profile.step("models"),
            open_now(lake, described, plan.conventions, damaged.said) as workbench,
        ):
            around = model_events(plan.models, described, run_id)
            made = make_models(workbench, plan, today, run_id, around, damaged.views)
        with profile.step("views"):
            models = standing(lake, plan, made.withheld, damaged)
            views = serving_views(lake, described, models, sql, damaged)
        withheld = {**made.withheld, **views.withheld}
        with profile.step("release"):
            release = make_release(
                lake,
                described,
                models,
                run_id,
                views.views,
                _set_aside(contracts)
                | {name: Withheld(why.reason, why.because) for name, why in withheld.items()}
                | {name: Withheld(DAMAGED) for name in damaged.said},
                damaged,
            )
    said = {name: why.message for name, why in withheld.items()} | dict(damaged.said)
    with profile.step("tell subscribers"):
        accepted = tell(lake, release)
    return ReleaseRun(made.rows, dict(sorted(said.items())), release, accepted, profile)


def standing_release(location: CodeLocation, today: date) -> ReleaseRun | None:
    """Return what a run of the release would bring where it would make nothing: no model, no view,
    no release. None where anything is to be made or withheld, which Dagster has to know of.
    """
    lake, plan, described = location.lake, location.plan, location.contracts.standing
    profile = Profile()
    with lake.lock(COMMITS):
        with profile.step("look for damage"):
            if plan.withheld or damage(lake, described, plan, intents.settle_alone(lake)).said:
                return None
        with profile.step("models"), open_now(lake, described, plan.conventions) as workbench:
            rows = rows_as_made(workbench, plan, today)
        if rows is None:
            return None
        with profile.step("views"):
            models = standing(lake, plan, {})
            views = serving_views(lake, described, models, location.sql)
        with profile.step("release"):
            aside = _set_aside(location.contracts)
            release = made_already(lake, described, models, views.views, aside)
        if views.withheld or release is None:
            return None
    with profile.step("tell subscribers"):
        accepted = tell(lake, release)
    return ReleaseRun(rows, {}, release, accepted, profile)


def _set_aside(contracts: Contracts) -> dict[str, Withheld]:
    return {contract.application: Withheld(SET_ASIDE) for contract in contracts.kept}
