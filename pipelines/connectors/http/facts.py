"""How a web server may ask who we are: the styles of ``auth``, what each needs, and what is wrong
with what a contract says of it; every connector with a web address has ``check_auth`` in its
declaration.

One table for what a contract may say and for what is sent (``http.auth``), so neither knows a style
the other does not. Secrets are never here: ``secrets`` names environment variables. A server says
    secrets: {token: VARIABLE}                                  sent as Bearer
    auth: {style: header, header: X-Api-Key}                    with secrets: {header: VARIABLE}
    auth: {style: oauth2, token_url: ..., scope: ..., method: ...}
                                with secrets: {client_id: VARIABLE, client_secret: VARIABLE}
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pipelines.contract.fact import Fact
from pipelines.errors import nearest
from pipelines.hosts import is_here
from pipelines.yamltext import Key, YamlText


@dataclass(frozen=True)
class Style:
    """The facts a style needs and may have under ``auth``, and the names it needs under
    ``secrets``.
    """

    needs: tuple[str, ...]
    may: tuple[str, ...]
    secrets: tuple[str, ...]


AUTH = {
    "bearer": Style((), (), ("token",)),
    "header": Style(("header",), (), ("header",)),
    "oauth2": Style(("token_url",), ("scope", "method"), ("client_id", "client_secret")),
}
"""Style -> what it needs. ``bearer`` is meant where only ``secrets: {token: VARIABLE}`` is
given.
"""
METHODS = ("client_secret_basic", "client_secret_post")
"""How a client shows its secret to the token endpoint (RFC 6749, 2.3.1); the first unless given."""
PATH = Fact("path", "added to the server's location")
PARAMS = Fact("params", "fixed parameters")
WINDOW = Fact(
    "window",
    "names of the parameters for its start and its end (which is not included), format iso or date",
    inner=("start", "end", "format"),
)
HEADER = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"


def style_of(server: Mapping[str, Any]) -> str | None:
    """Return the style a server asks for, None when it is open to all."""
    auth = server.get("auth")
    if isinstance(auth, Mapping):
        return str(auth.get("style", ""))
    return "bearer" if server.get("secrets") else None


def parts_of(address: str) -> SplitResult:
    """Return the parts of an address, all of them empty when it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def safe_token_url(location: str, token_url: str) -> bool:
    """Say whether the client's secret may be sent to ``token_url``: it is encrypted, or goes
    where the records come from anyway.
    """
    server, endpoint = parts_of(location), parts_of(token_url)
    return bool(endpoint.hostname) and (
        endpoint.scheme == "https"
        or (endpoint.scheme == server.scheme and endpoint.hostname == server.hostname)
    )


def is_clear(location: str) -> bool:
    """Say whether what is sent to ``location`` can be read on the way: it is neither encrypted
    nor on this machine.
    """
    address = parts_of(location)
    return address.scheme == "http" and not is_here(address.hostname or "")


def names_a_user(location: str) -> bool:
    """Say whether an address holds a user or a password, variables that are filled in too."""
    return "@" in parts_of(re.sub(r"\$\{[^}]*\}", "", location)).netloc


CLEAR = (
    "is plain http on another machine, and a secret sent there can be read on the way: give the"
    " https address, or ask the owner for one"
)
USER = (
    "holds a user or a password, and an address is kept with every delivery and told in every"
    " message: take it out, and say auth: {style: header, header: Authorization} with secrets:"
    " {header: VARIABLE}, whose value is Basic and the base64 of user:password"
)
UNSAFE = (
    "is neither https nor on the host of the records; the client's secret would go to a third party"
    " in clear: give the https address"
)


def check_auth(text: YamlText, key: Key, facts: Mapping[str, Any]) -> None:
    """Record what ``auth`` lacks, what it says that nobody reads, and secrets its style does not
    use.
    """
    style, auth, secrets = style_of(facts), facts.get("auth"), facts.get("secrets")
    if names_a_user(str(facts.get("location") or "")):
        text.problem(key, f"location {USER}")
    if style is None:
        return
    style_facts = AUTH.get(style)
    if style_facts is None:
        text.problem(key, f"auth: style '{style}'; {nearest(style, AUTH)}")
        return
    auth, secrets = (
        auth if isinstance(auth, Mapping) else {},
        secrets if isinstance(secrets, Mapping) else {},
    )
    for name in auth:
        if name not in ("style", *style_facts.needs, *style_facts.may):
            text.problem(
                key,
                f"auth: style {style} does not read '{name}';"
                f" {nearest(str(name), ('style', *style_facts.needs, *style_facts.may))}",
            )
    for name in style_facts.needs:
        if not auth.get(name):
            text.problem(key, f"auth: style {style} needs '{name}'")
    for name in style_facts.secrets:
        if name not in secrets:
            text.problem(
                key, f"auth: style {style} needs the secret '{name}': secrets: {{{name}: VARIABLE}}"
            )
    for name in secrets:
        if name not in style_facts.secrets:
            text.problem(
                key,
                f"secrets: style {style} does not use '{name}';"
                f" {nearest(str(name), style_facts.secrets)}",
            )
    if auth.get("method") not in (None, *METHODS):
        text.problem(
            key, f"auth: method '{auth['method']}'; {nearest(str(auth['method']), METHODS)}"
        )
    location = str(facts.get("location", ""))
    if "${" not in location and is_clear(location):
        text.problem(key, f"location {location.rpartition('@')[2]} {CLEAR}")
    addresses = location, str(auth.get("token_url", ""))
    if (
        style == "oauth2"
        and addresses[1]
        and not any("${" in address for address in addresses)
        and not safe_token_url(*addresses)
    ):
        text.problem(key, f"auth: token_url {addresses[1]} {UNSAFE}")
