"""A contract file as text with line numbers: safe YAML, and the list of problems a reader collects.

The only place that imports YAML. It refuses what a contract never needs (aliases, tags, files over 1 MiB) and remembers where
each key stands, so that every problem can name its file and line. What the keys mean is ``contract_reader``'s business.
"""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, NodeEvent, ScalarEvent

from pipelines.errors import ContractError

MAX_BYTES = 1 << 20
Key = tuple[str | int, ...]


class _Constructor(RoundTripConstructor):
    """Keeps dates as the text that was written; the contract's own checks read them."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: node.value)


@dataclass
class ContractText:
    """One contract file, parsed; ``problems`` grows while it is being read."""

    path: Path
    root: CommentedMap
    problems: list[str] = field(default_factory=list)

    def line(self, key: Key) -> int:
        """Return the 1-based line where ``key`` stands, or the nearest enclosing one for a key that is not there."""
        node: Any = self.root
        line = 1
        for step in key:
            try:
                position = node.lc.key(step) if isinstance(node, CommentedMap) else node.lc.item(step)
                node = node[step]
            except (KeyError, IndexError, TypeError, AttributeError):
                break
            line = position[0] + 1
        return line

    def problem(self, key: Key, message: str) -> None:
        """Record that ``key`` is wrong and what to do about it."""
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in key).lstrip(".") or "contract"
        self.problems.append(f"{self.path}:{self.line(key)}: {place}: {message}")

    def unknown(self, key: Key, name: str, allowed: Iterable[str]) -> None:
        """Record a key nobody knows, naming the nearest right one."""
        self.problem(key, f"unknown key '{name}'; {nearest(name, allowed)}")

    def refuse(self) -> None:
        """Raise ContractError with every problem found, in the order of the file; return if there is none."""
        if self.problems:
            ordered = sorted(dict.fromkeys(self.problems), key=lambda text: int(text[len(str(self.path)) + 1 :].split(":", 1)[0]))
            raise ContractError("\n".join(ordered))


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Return "did you mean 'x'?", or the whole list when nothing is near."""
    words: Sequence[str] = sorted(allowed)
    lowered = {word.lower(): word for word in words}
    close = difflib.get_close_matches(str(name).lower(), list(lowered), n=1, cutoff=0.6)
    return f"did you mean '{lowered[close[0]]}'?" if close else f"allowed: {', '.join(words)}"


def read_text(path: Path) -> ContractText:
    """Read ``path`` as safe YAML; ContractError names the line of a syntax error, alias, tag, wrong encoding or size."""
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            raise ContractError(f"{path}:1: the file has {len(raw):,} bytes; a contract has at most {MAX_BYTES:,}. Split the application.")
        text = raw.decode("utf-8")
        yaml = YAML(typ="rt")
        yaml.Constructor = _Constructor
        _refuse_tricks(path, yaml, text)
        root = yaml.load(text)
    except OSError as error:
        raise ContractError(f"{path}: cannot be read ({error.strerror}); check the path given by --contracts or LUMBUNG_CONTRACTS") from error
    except UnicodeDecodeError as error:
        raise ContractError(f"{path}:1: byte {error.start} is not UTF-8; save the contract as UTF-8") from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = str(error.problem or error.context).splitlines()[0]
        raise ContractError(f"{path}:{line}: not valid YAML: {what}; check indentation, quotes and colons near this line") from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise ContractError(f"{path}:1: not valid YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(root, CommentedMap):
        raise ContractError(f"{path}:1: a contract is a mapping that begins with 'apiVersion: v3.1.0'; `lumbung new NAME` writes one to start from")
    return ContractText(path, root)


def plain(node: Any) -> Any:
    """Return ``node`` without the line numbers: dicts, lists and scalars only."""
    if isinstance(node, CommentedMap):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [plain(value) for value in node]
    if isinstance(node, str):
        return str(node)
    if isinstance(node, float):
        return float(node)
    return int(node) if isinstance(node, int) and not isinstance(node, bool) else node


def _refuse_tricks(path: Path, yaml: YAML, text: str) -> None:
    depth = 0
    for event in yaml.parse(text):
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise ContractError(f"{path}:{line}: YAML anchors and aliases (& and *) are not allowed; write the value out")
        if isinstance(event, NodeEvent) and getattr(event, "tag", None) and not isinstance(event, ScalarEvent):
            raise ContractError(f"{path}:{line}: YAML tags (!{event.tag}) are not allowed; remove it")
        if isinstance(event, ScalarEvent) and event.tag and str(event.tag) != "!":
            raise ContractError(f"{path}:{line}: YAML tags ({event.tag}) are not allowed; remove it")
        depth += type(event).__name__ in ("MappingStartEvent", "SequenceStartEvent")
        depth -= type(event).__name__ in ("MappingEndEvent", "SequenceEndEvent")
        if depth > 40:
            raise ContractError(f"{path}:{line}: nested deeper than 40 levels; a contract never needs that")
