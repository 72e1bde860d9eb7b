"""The operation centre's hours by kelurahan and day, as its page shows them."""

from typing import Any

from pipelines.release.release import Release
from portal.data.rows import rows_of


def operations(release: Release, day: str | None) -> tuple[dict[str, Any], ...]:
    """Return the operation centre's hours of one day, by kelurahan; of its newest day when
    ``day`` is None.
    """
    chosen = "coalesce(TRY_CAST(? AS DATE), (SELECT max(day) FROM mart.operations_hourly))"
    return rows_of(
        release.folder,
        f"SELECT * FROM mart.operations_hourly WHERE day = {chosen} ORDER BY region_code, hour",
        (day,),
    )


def operation_days(release: Release) -> list[str]:
    """Return the days the operation centre's table has, newest first."""
    return [
        str(row["day"])
        for row in rows_of(
            release.folder, "SELECT DISTINCT day FROM mart.operations_hourly ORDER BY day DESC", ()
        )
    ]
