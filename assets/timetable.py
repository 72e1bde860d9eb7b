"""Cadence in the contract -> Dagster partitions, schedules, freshness, a daily look at what passed
and the file-drop sensor.

Nothing is scheduled for a system that has stopped; what it delivered stays.
"""

import json
from collections.abc import Collection, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from assets.due import newest, scheduled
from pipelines.connectors.file import fetch as file
from pipelines.contract.model import Dataset
from pipelines.contract.server import reachable
from pipelines.harvest.revisit import changed, has_look
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import last_day, spans

CRON = {
    "hourly": "15 * * * *",
    "daily": "30 2 * * *",
    "weekly": "30 2 * * 1",
    "monthly": "30 2 1 * *",
    "yearly": "30 2 1 1 *",
}
NIGHT = 2
"""The hour, in the dataset's zone, of the schedule that asks for all days that have not passed."""
SENSED = "file"
"""The connector whose folders a sensor watches all day."""
REVISITED = "45 3 * * *"
"""When the source is looked at for corrections of days that passed: once a day, however often it
has something new.
"""
START, END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


def partitions_of(dataset: Dataset) -> dg.PartitionsDefinition[str]:
    """Return the dataset's days or months, from its first to its last day of activity."""
    start = dataset.active_from.isoformat()
    after = (dataset.active_to + timedelta(days=1)).isoformat() if dataset.active_to else None
    if dataset.partition == "day":
        return dg.DailyPartitionsDefinition(start, end_date=after, timezone=dataset.timezone)
    end = (
        (dataset.active_to.replace(day=1) + timedelta(days=32)).replace(day=1).isoformat()[:7]
        if dataset.active_to
        else None
    )
    return dg.MonthlyPartitionsDefinition(
        start[:7], end_date=end, timezone=dataset.timezone, fmt="%Y-%m"
    )


def freshness_of(dataset: Dataset) -> dg.FreshnessPolicy | None:
    """Return how old the dataset may grow, its partition's length added; none for a system that
    has stopped.
    """
    length = timedelta(days=1 if dataset.partition == "day" else 31)
    return (
        None
        if last_day(dataset)
        else dg.FreshnessPolicy.time_window(
            fail_window=timedelta(hours=dataset.freshness_hours) + length
        )
    )


def range_tags(first: str, last: str) -> dict[str, str]:
    """Return the tags that make one run of a range of partitions."""
    return {START: first, END: last}


def schedule_of(
    lake: Lake, dataset: Dataset, selection: dg.AssetSelection
) -> dg.ScheduleDefinition | None:
    """Return the dataset's schedule, one run an unbroken span: of the newest and, once a day, of
    all that is due; none for a system that has stopped or a dataset that comes once.
    """
    if last_day(dataset) or dataset.cadence not in CRON:
        return None
    name = dataset.id.replace(".", "__")

    def requests(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        hour = context.scheduled_execution_time.astimezone(ZoneInfo(dataset.timezone)).hour
        yield from _runs(context, scheduled(lake, dataset) if hour == NIGHT else newest(dataset))

    return dg.ScheduleDefinition(
        name=f"{name}_schedule",
        job=dg.define_asset_job(f"{name}_job", selection),
        cron_schedule=CRON[dataset.cadence],
        execution_timezone=dataset.timezone,
        execution_fn=requests,
    )


def revisit_of(
    lake: Lake, dataset: Dataset, selection: dg.AssetSelection
) -> dg.ScheduleDefinition | None:
    """Return the schedule that asks again for what was corrected at the source since it passed,
    one run an unbroken span; none where nothing tells that, or the sensor sees it. A look that
    fails is this schedule's failed tick and nobody else's.
    """
    if not has_look(dataset) or dataset.source.connector == SENSED:
        return None
    name = f"{dataset.id.replace('.', '__')}_revisit"

    def requests(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        yield from _runs(context, changed(lake, dataset))

    return dg.ScheduleDefinition(
        name=f"{name}_schedule",
        job=dg.define_asset_job(f"{name}_job", selection),
        cron_schedule=REVISITED,
        execution_timezone=dataset.timezone,
        execution_fn=requests,
    )


def _runs(context: dg.ScheduleEvaluationContext, keys: Collection[str]) -> Iterator[dg.RunRequest]:
    tick = context.scheduled_execution_time.isoformat()
    for first, last in spans(keys):
        yield dg.RunRequest(run_key=f"{tick} {first}", tags=range_tags(first, last))


def sensor_of(dataset: Dataset, selection: dg.AssetSelection) -> dg.SensorDefinition | None:
    """Return the sensor that asks for the partitions whose files were dropped or changed, one
    run an unbroken span, for dated files.
    """
    if dataset.source.connector != SENSED or last_day(dataset):
        return None
    name = dataset.id.replace(".", "__")

    def requests(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        before: dict[str, int] = json.loads(context.cursor or "{}")
        keys = set(partitions_of(dataset).get_partition_keys())
        files = {
            str(path): (key, path.stat().st_mtime_ns)
            for path, key in file.listing(reachable(dataset))
            if key in keys
        }
        dropped = {str(key) for path, (key, when) in files.items() if before.get(path) != when}
        runs = [
            dg.RunRequest(job_name=f"{name}_drop_job", tags=range_tags(first, last))
            for first, last in spans(dropped)
        ]
        return dg.SensorResult(
            run_requests=runs, cursor=json.dumps({path: when for path, (_, when) in files.items()})
        )

    return dg.SensorDefinition(
        name=f"{name}_drop",
        evaluation_fn=requests,
        job=dg.define_asset_job(f"{name}_drop_job", selection),
        minimum_interval_seconds=60,
    )
