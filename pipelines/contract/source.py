"""A contract file as text with line numbers: safe YAML, and the list of problems a reader collects.

The only place that imports YAML. It refuses what a contract never needs (aliases, tags, files over
1 MiB) and remembers where each key stands, so that every problem can name its file and line. What
the keys mean is ``contract.reader``'s business.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import ContractError

MAX_BYTES = 1 << 20
MAX_DEPTH = 40
GLANCE = 40
"""Words of a list of what is allowed that are told."""
HIDDEN = "[\x85\u2028\u2029]"
"""Line ends that an editor shows as nothing: a comment could go on as a key that no reviewer
sees.
"""
Key = tuple[str | int, ...]


class _Loader(yaml.CSafeLoader):
    """Reads plain words as YAML 1.2 does: ``no`` and ``on`` are words, a date is the text that
    was written, and so is a code such as 0741.
    """

    yaml_implicit_resolvers = {}  # noqa: RUF012  PyYAML declares it so


for _tag, _form, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    (
        "float",
        r"[-+]?(([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+|\.(inf|Inf|INF))|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_form})$"), _first)


@dataclass
class ContractText:
    """One contract file, parsed; ``problems`` grows while it is being read."""

    path: Path
    document: dict[str, Any]
    root: yaml.MappingNode
    problems: list[str] = field(default_factory=list)

    def line(self, key: Key) -> int:
        """Return the 1-based line where ``key`` stands, or the nearest enclosing one for a key
        that is not there.
        """
        node: yaml.Node = self.root
        line = 1
        for step in key:
            found = _found(node, step)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        return line

    def problem(self, key: Key, message: str) -> None:
        """Record that ``key`` is wrong and what to do about it."""
        place = (
            "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in key).lstrip(
                "."
            )
            or "contract"
        )
        self.problems.append(f"{self.path}:{self.line(key)}: {place}: {message}")

    def unknown(self, key: Key, name: str, allowed: Iterable[str]) -> None:
        """Record a key nobody knows, naming the nearest right one."""
        self.problem(key, f"unknown key '{name}'; {nearest(name, allowed)}")

    def refuse(self) -> None:
        """Raise ContractError with every problem found, in the order of the file; return if
        there is none.
        """
        if self.problems:
            ordered = sorted(
                dict.fromkeys(self.problems),
                key=lambda text: int(text[len(str(self.path)) + 1 :].split(":", 1)[0]),
            )
            raise ContractError("\n".join(ordered))


def _found(node: yaml.Node, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """Return the key and the value of one step into ``node``, of a list the element twice; None
    where it has no such step.
    """
    if isinstance(node, yaml.MappingNode):
        return next((pair for pair in node.value if pair[0].value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Return "did you mean 'x'?", or what is allowed when nothing is near: all of it when that
    can be read at a glance.
    """
    words: Sequence[str] = sorted(allowed)
    lowered = {word.lower(): word for word in words}
    close = difflib.get_close_matches(str(name).lower(), list(lowered), n=1, cutoff=0.6)
    if close:
        return f"did you mean '{lowered[close[0]]}'?"
    return (
        "allowed:"
        f" {', '.join(words[:GLANCE])}{f' and {len(words) - GLANCE} more' if words[GLANCE:] else ''}"
    )


def items_of(node: Any, name: str) -> list[tuple[int, Any]]:
    """Return the numbered entries of a list under ``name``, none when there is no list."""
    value = node.get(name) if isinstance(node, Mapping) else None
    return list(enumerate(value)) if isinstance(value, list) else []


def read_text(path: Path) -> ContractText:
    """Read ``path`` as safe YAML; ContractError names the line of a syntax error, alias, tag,
    wrong encoding or size.
    """
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            raise ContractError(
                f"{path}:1: the file has {len(raw):,} bytes; a contract has at most {MAX_BYTES:,}."
                " Split the application."
            )
        text = raw.decode("utf-8")
        _refuse_tricks(path, text)
        loader = _Loader(text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise ContractError(
                f"{path}:1: a contract is a mapping that begins with 'apiVersion: v3.1.0'; `lumbung"
                " new NAME` writes one to start from"
            )
        return ContractText(path, _plain(loader, root), root)
    except OSError as error:
        raise ContractError(
            f"{path}: cannot be read ({error.strerror}); check the path given by --contracts or"
            " LUMBUNG_CONTRACTS"
        ) from error
    except UnicodeDecodeError as error:
        raise ContractError(
            f"{path}:1: byte {error.start} is not UTF-8; save the contract as UTF-8"
        ) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = str(error.problem or error.context).splitlines()[0]
        raise ContractError(
            f"{path}:{line}: not valid YAML: {what}; check indentation, quotes and colons near this"
            " line"
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise ContractError(f"{path}:1: not valid YAML: {str(error).splitlines()[0]}") from error


def _plain(loader: _Loader, node: yaml.Node) -> Any:
    """Return ``node`` as dicts with text keys, lists and scalars."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, item) for item in node.value]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node)
    found: dict[str, Any] = {}
    for name, value in node.value:
        if not isinstance(name, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(
                problem="a key is one word, not a list or a mapping", problem_mark=name.start_mark
            )
        if name.value in found:
            raise yaml.MarkedYAMLError(
                problem=f"the key '{name.value}' is given twice", problem_mark=name.start_mark
            )
        found[name.value] = _plain(loader, value)
    return found


def _refuse_tricks(path: Path, text: str) -> None:
    hidden = re.search(HIDDEN, text)
    if hidden:
        line = text.count("\n", 0, hidden.start()) + 1
        raise ContractError(
            f"{path}:{line}: holds U+{ord(hidden[0]):04X}, which ends a line for YAML and for"
            " nobody who reads it; put a space or a line break there, or write"
            f" \\u{ord(hidden[0]):04x} in double quotes"
        )
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or (
            isinstance(event, yaml.NodeEvent) and event.anchor
        ):
            raise ContractError(
                f"{path}:{line}: YAML anchors and aliases (& and *) are not allowed; write the"
                " value out"
            )
        if getattr(event, "tag", None):
            raise ContractError(
                f"{path}:{line}: YAML tags ({event.tag}) are not allowed; remove it"
            )
        depth += isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)) - isinstance(
            event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)
        )
        if depth > MAX_DEPTH:
            raise ContractError(
                f"{path}:{line}: nested deeper than {MAX_DEPTH} levels; a contract never needs that"
            )
