"""A file that people write, as text with line numbers: safe YAML, and the list of problems a reader
collects.

The only place that reads YAML. It refuses what such a file never needs (aliases, tags, files over
1 MiB) and remembers where each key stands, so that every problem can name its file and line. Held
against a JSON schema, what is allowed is said by each key's ``description`` there. What the keys
mean is their readers' business: ``contract.reader``'s, ``city``'s.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml
from jsonschema_rs import ValidationErrorKind

from pipelines.errors import ContractError, nearest

MAX_BYTES = 1 << 20
MAX_DEPTH = 40
HIDDEN = "[\x85\u2028\u2029]"
"""Line ends that an editor shows as nothing: a comment could go on as a key that no reviewer
sees.
"""
Key = tuple[str | int, ...]
Schema = Mapping[str, Any]


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


@dataclass(frozen=True)
class Kind:
    """What a file is, in the words of its problems: its name, how it begins, where its path is
    said, and what to do when it is too large.
    """

    name: str
    begins: str
    said: str
    too_large: str = ""


@dataclass
class YamlText:
    """One file, its bytes and what they say; ``problems`` grows while it is being read."""

    path: Path
    kind: Kind
    raw: bytes
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
            pair = _step_into(node, step)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        return line

    def problem(self, key: Key, message: str) -> None:
        """Record that ``key`` is wrong and what to do about it."""
        place = (
            "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in key).lstrip(
                "."
            )
            or self.kind.name
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


def _step_into(node: yaml.Node, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """Return the key and the value of one step into ``node``, of a list the element twice; None
    where it has no such step.
    """
    if isinstance(node, yaml.MappingNode):
        return next((pair for pair in node.value if pair[0].value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def items_of(node: Any, name: str) -> list[tuple[int, Any]]:
    """Return the numbered entries of a list under ``name``, none when there is no list."""
    value = node.get(name) if isinstance(node, Mapping) else None
    return list(enumerate(value)) if isinstance(value, list) else []


def read_yaml(path: Path, kind: Kind) -> YamlText:
    """Read ``path`` as safe YAML; ContractError names the line of a syntax error, alias, tag,
    wrong encoding or size.
    """
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            raise ContractError(
                f"{path}:1: the file has {len(raw):,} bytes; a {kind.name} has at most"
                f" {MAX_BYTES:,}.{kind.too_large}"
            )
        text = raw.decode("utf-8")
        _refuse_tricks(path, text, kind)
        loader = _Loader(text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise ContractError(
                f"{path}:1: a {kind.name} is a mapping that begins with {kind.begins}"
            )
        return YamlText(path, kind, raw, _plain(loader, root), root)
    except OSError as error:
        raise ContractError(
            f"{path}: cannot be read ({error.strerror}); check the path given by {kind.said}"
        ) from error
    except UnicodeDecodeError as error:
        raise ContractError(
            f"{path}:1: byte {error.start} is not UTF-8; save the {kind.name} as UTF-8"
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
    document: dict[str, Any] = {}
    for name, value in node.value:
        if not isinstance(name, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(
                problem="a key is one word, not a list or a mapping", problem_mark=name.start_mark
            )
        if name.value in document:
            raise yaml.MarkedYAMLError(
                problem=f"the key '{name.value}' is given twice", problem_mark=name.start_mark
            )
        document[name.value] = _plain(loader, value)
    return document


def _refuse_tricks(path: Path, text: str, kind: Kind) -> None:
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
                f"{path}:{line}: nested deeper than {MAX_DEPTH} levels; a {kind.name} never needs"
                " that"
            )


def against_schema(text: YamlText, schema: Schema) -> None:
    """Record on ``text`` everything ``schema`` refuses."""
    for error in jsonschema_rs.validator_for(dict(schema)).iter_errors(text.document):
        key = tuple(error.instance_path)
        here = _at(schema, key)
        kind = error.kind
        if isinstance(kind, ValidationErrorKind.AdditionalProperties):
            for name in kind.unexpected:
                text.unknown((*key, name), name, here["properties"])
        elif isinstance(kind, ValidationErrorKind.Required):
            name = kind.property
            text.problem((*key, name), f"is required: {_at(schema, (*key, name))['description']}")
        elif isinstance(kind, ValidationErrorKind.Enum):
            text.problem(
                key,
                f"{error.instance!r} is not allowed; {nearest(str(error.instance), here['enum'])}",
            )
        else:
            value = _value(text.document, key)
            quotes = "; write it in quotes" if _lacks_quotes(here, value) else ""
            text.problem(key, f"{value!r} is not allowed; it is {_requirement(here)}{quotes}")


def _at(schema: Schema, key: Sequence[str | int]) -> Schema:
    """Return what ``schema`` says of the value at ``key``; words at a reference go before those
    of what it refers to.
    """
    here = schema
    for step in key:
        if isinstance(step, int):
            here = here["items"]
        else:
            here = here.get("properties", {}).get(step) or here["additionalProperties"]
        if "$ref" in here:
            here = {**schema["$defs"][here["$ref"].rpartition("/")[2]], **here}
    return here


def _value(document: Any, key: Key) -> Any:
    """Return what stands at ``key``: the validator takes a number that is none (.nan) for null."""
    for step in key:
        document = document[step]
    return document


def _requirement(here: Schema) -> str:
    return str(here.get("description", f"a value of type {here.get('type')}"))


def _lacks_quotes(here: Schema, value: Any) -> bool:
    """Whether a text was meant, and YAML read a number."""
    return here.get("type") == "string" and isinstance(value, (int, float))
