"""``lumbung status``: the state of every system; how it is counted is in ``cli.show``."""

from cli import show
from cli.options import ContractsOption, Json, LakeOption, print_json
from pipelines.lake.lake import Lake
from pipelines.release.clock import runs_behind
from pipelines.release.last_good import standing_contracts
from pipelines.settings import contracts_path, lake_path


def status(
    contracts: ContractsOption = None, lake: LakeOption = None, as_json: Json = False
) -> None:
    """Show each system's state (planned, active, degraded, retired, set aside), its datasets'
    freshness and last verdict, and what is withheld with the reasons.

    Example: lumbung status --json
    """
    opened = Lake(lake_path(lake))
    entries = show.sources(opened, standing_contracts(contracts_path(contracts), opened))
    models = show.withheld_models(opened)
    notes = [behind] if (behind := runs_behind(opened)) else []
    if as_json:
        print_json({"sources": entries, "models": models, "notes": notes})
    else:
        show.status(entries, models, notes)
