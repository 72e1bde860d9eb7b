"""What a client would rather have, by its ``Accept`` header (RFC 9110, 12.5.1)."""

from collections.abc import Iterable


def preferred(accept: str, offered: Iterable[str]) -> str | None:
    """Return the media type among ``offered`` that is named and liked better than HTML; None
    where a page is as good.
    """
    liked: dict[str, float] = {}
    for each in accept.split(","):
        kind, *parameters = (part.strip().lower() for part in each.split(";"))
        quality = next(
            (part.removeprefix("q=") for part in parameters if part.startswith("q=")), "1"
        )
        liked[kind] = (
            float(quality) if quality.replace(".", "", 1).isdecimal() and quality.isascii() else 0.0
        )
    best = max((each for each in offered if each in liked), key=liked.__getitem__, default=None)
    page = max(liked.get("text/html", 0.0), liked.get("application/xhtml+xml", 0.0))
    return best if best and liked[best] > page else None
