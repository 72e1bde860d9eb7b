"""Dagster's instance beside the lake, and what of a finished run is told: nothing of its
chatter, every failure that is no verdict.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from assets.profile import METADATA, Profile
from pipelines.lake.durable import write_durably
from pipelines.lake.lake import Lake

SETTINGS = Path(__file__).with_name("dagster.yaml")
EVENTS = "event_log_storage: {{module: assets.events, class: Events, config: {{base_dir: {}}}}}\n"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def open_instance(lake: Lake) -> dg.DagsterInstance:
    """Open Dagster's instance beside the lake, configured by ``dagster.yaml``."""
    lake.state.mkdir(parents=True, exist_ok=True)
    events = EVENTS.format(json.dumps(str((lake.state / "history" / "runs").resolve())))
    write_durably(lake.state / SETTINGS.name, (SETTINGS.read_text("utf-8") + events).encode())
    return dg.DagsterInstance.from_config(str(lake.state))


def failures(result: dg.ExecuteInProcessResult) -> list[str]:
    """Return what failed in a run besides the gate, which is a verdict and no failure."""
    errors = []
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error is not None and error.cause is not None:
                error = error.cause
            if error is not None and error.cls_name != "DagsterAssetCheckFailedError":
                errors.append(f"{event.step_key}: {error.message.strip()}")
    return errors


def profile_of(metadata: Mapping[str, dg.MetadataValue[Any]]) -> Profile:
    """Return the profile that metadata has, an empty one where it has none."""
    said = metadata.get(METADATA)
    data: Any = said.data if isinstance(said, dg.JsonMetadataValue) else {}
    return Profile(dict(data.get("seconds", {})), dict(data.get("bytes", {})))
