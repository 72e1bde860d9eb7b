"""What a caller of the CKAN Action API requests: parameters that come as text, as JSON or as JSON
in text, and refusals as CKAN words them.

A refusal has a type, a status and, of a parameter, its name: https://docs.ckan.org/en/2.12/api/
"""

import json
from collections.abc import Mapping
from typing import Any

ActionParameters = Mapping[str, Any]
KINDS = {
    "not found": ("Not Found Error", 404),
    "invalid": ("Validation Error", 409),
    "query": ("Search Query Error", 400),
    "search": ("Search Error", 409),
    "malformed": ("Integrity Error", 400),
    "failed": ("Internal Server Error", 500),
}
"""CKAN's type and HTTP status of each kind of refusal."""


class Refused(Exception):
    """An answer without a result: ``error`` is CKAN's error object, ``status`` its HTTP status."""

    def __init__(
        self, kind: str, message: str, parameter: str | None = None, status: int | None = None
    ) -> None:
        """Say what is wrong and what is allowed; ``parameter`` names the one that is, ``status``
        stands in for the kind's own.
        """
        super().__init__(message)
        type_, own = KINDS[kind]
        self.status = status or own
        self.error: dict[str, Any] = {"__type": type_, "message": message}
        if parameter:
            self.error[parameter] = [message]


def needed(parameters: ActionParameters, name: str) -> str:
    """Return a parameter that must be there, as text."""
    value = parameters.get(name)
    if not isinstance(value, str) or not value:
        raise Refused("invalid", f"Missing value: {name} is one text", name)
    return value


def text(parameters: ActionParameters, name: str) -> str:
    """Return a parameter as text, empty where it is not there."""
    value = parameters.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused("invalid", f"{name} is one text, not {type(value).__name__}", name)
    return value.strip()


def whole(
    parameters: ActionParameters, name: str, default: int, most: int | None = None, least: int = 0
) -> int:
    """Return a parameter as a whole number of at least ``least``; more than ``most`` is
    ``most``, as in CKAN.
    """
    value = parameters.get(name)
    if value is None or value == "":
        return default
    try:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValueError
        number = int(value)
    except ValueError:
        raise Refused("invalid", f"Invalid integer: {name} is a whole number", name) from None
    if number < least:
        raise Refused("invalid", f"Must be a natural number: {name} is {least} or more", name)
    return min(number, most) if most is not None else number


def yes(parameters: ActionParameters, name: str, default: bool = False) -> bool:
    """Return a parameter as yes or no, as CKAN reads them: true, yes, t, y, 1 and their
    opposites.
    """
    value = parameters.get(name)
    if value is None or value == "":
        return default
    if str(value).lower() in ("true", "yes", "t", "y", "1", "on"):
        return True
    if str(value).lower() in ("false", "no", "f", "n", "0", "off", "none"):
        return False
    raise Refused("invalid", f"{name} is true or false", name)


def several(parameters: ActionParameters, name: str, most: int) -> list[str]:
    """Return a parameter as at most ``most`` texts, each once: a list, a JSON list in text, or
    words between commas.
    """
    value = parameters.get(name)
    if isinstance(value, str):
        value = (
            structured(parameters, name)
            if value.lstrip().startswith("[")
            else [part.strip() for part in value.split(",") if part.strip()]
        )
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Refused("invalid", f"{name} is a list of texts, or texts between commas", name)
    if len(value) > most:
        raise Refused("invalid", f"{name} has {most} parts at most", name)
    return list(dict.fromkeys(value))


def structured(parameters: ActionParameters, name: str) -> Any:
    """Return a parameter that is JSON, or JSON in text; None where it is not there."""
    value = parameters.get(name)
    return read_json(value, name) if isinstance(value, str) and value.strip() else value or None


def read_json(content: str | bytes, parameter: str | None = None) -> Any:
    """Return what a JSON text says; Refused when it is none, or holds what JSON has not: NaN,
    half a character.
    """
    try:
        content_read = json.loads(content, parse_constant=_no_constant)
        json.dumps(content_read, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)[:200]
        raise Refused(
            "invalid" if parameter else "malformed",
            f"JSON Error: {reason}; send an object in JSON (RFC 8259)",
            parameter,
        ) from None
    return content_read


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")
