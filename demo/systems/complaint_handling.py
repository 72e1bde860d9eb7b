"""What the office adds to a SIKESAL complaint (S01) on its way: subcategory, priority, agency,
times, outcome, and what the reporter thought of it.

``handled`` takes the versions of one complaint as ``complaints`` makes them and says in each what
was known by then. Names are Open311 GeoReport v2's where it has one (``media_url``), else extended
attributes. All made up.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

DISPATCH = "DISKOMINFO"
"""Who receives and verifies a complaint before it is forwarded."""
KINDS = {
    "roads": ("DPUPR", "pothole", "broken_bridge"),
    "street_lights": ("DISHUB", "lamp_out", "leaning_pole"),
    "drainage": ("DPUPR", "clogged", "broken_cover"),
    "pipe_leaks": ("PDAM", "burst_main", "house_connection"),
    "turbid_water": ("PDAM", "muddy", "smelly"),
    "flood": ("DPUPR", "street_flooded", "river_overflow"),
    "social_aid": ("SETDA", "not_listed", "not_received"),
    "environment": ("DLH", "uncollected_waste", "burning"),
    "order": ("SETDA", "noise", "vendors"),
    "illegal_parking": ("DISHUB", "on_pavement", "on_road"),
    "other": ("SETDA", "general"),
}
"""Category -> the agency it goes to, then its subcategories."""
UNKNOWN = dict.fromkeys(
    (
        "priority",
        "verified_datetime",
        "opd_code",
        "forwarded_datetime",
        "outcome",
        "duplicate_of",
        "rating",
    )
)
Version = dict[str, Any]


def handled(versions: Sequence[Version], earlier: Sequence[str], dice: Random) -> list[Version]:
    """Return the versions of one complaint with what was known at each; ``earlier`` are tickets
    of its category that came before it.
    """
    first = versions[0]
    agency, *subcategories = KINDS[first["service_code"]]
    details = {
        **UNKNOWN,
        "subcategory": dice.choice(subcategories),
        "reporter_id": f"WRG-{first['extended_attributes']['phone'][-5:]}",
    }
    photo = (
        f"https://sikesal-sintetis.example/foto/{first['service_request_id']}.jpg"
        if dice.random() < 0.7
        else None
    )
    enriched = []
    for version in versions:
        match version["status_notes"]:
            case "verified":
                details |= {
                    "priority": dice.choices(["low", "normal", "high"], [15, 65, 20])[0],
                    "verified_datetime": version["updated_datetime"],
                }
            case "forwarded":
                details |= {"opd_code": agency, "forwarded_datetime": version["updated_datetime"]}
            case "rejected":
                outcome = dice.choice(
                    ["not_a_complaint", "unclear", *(["duplicate"] * 2 if earlier else [])]
                )
                details |= {
                    "outcome": outcome,
                    "duplicate_of": dice.choice(earlier[-20:]) if outcome == "duplicate" else None,
                }
            case "closed":
                details |= {
                    "outcome": dice.choices(["solved", "scheduled", "explained"], [70, 15, 15])[0]
                }
                details |= {
                    "rating": (
                        dice.choices([1, 2, 3, 4, 5], [8, 10, 20, 35, 27])[0]
                        if dice.random() < 0.6
                        else None
                    )
                }
        enriched.append(
            {
                **version,
                "media_url": photo,
                "extended_attributes": {**version["extended_attributes"], **details},
            }
        )
    return enriched
