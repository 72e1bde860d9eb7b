"""How a web server may ask who we are: the styles of ``auth``, what each needs, and what is wrong
with what a contract says of it.

One table for the reader of contracts and for the connectors (``connectors/http_auth.py``), so
neither knows a style the other does not. Secrets are never here: ``secrets`` names environment
variables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pipelines.contract.source import ContractText, Key, nearest


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
SFTP = ("password", "key", "passphrase")
"""Secrets an SFTP server's connector uses; ``key`` holds the path of the private key's file."""
SECRET = r"(?i)authorization|token|secret|password|api.?key"
"""Names of headers whose values are secrets."""
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
    here, there = parts_of(location), parts_of(token_url)
    return bool(there.hostname) and (
        there.scheme == "https" or (there.scheme == here.scheme and there.hostname == here.hostname)
    )


def is_clear(location: str) -> bool:
    """Say whether what is sent to ``location`` can be read on the way: it is neither encrypted
    nor on this machine.
    """
    address = parts_of(location)
    host = address.hostname or ""
    try:
        here = ip_address(host).is_loopback
    except ValueError:
        here = host == "localhost"
    return address.scheme == "http" and not here


CLEAR = (
    "is plain http on another machine, and a secret sent there can be read on the way: give the"
    " https address, or ask the owner for one"
)
UNSAFE = (
    "is neither https nor on the host of the records; the client's secret would go to a third party"
    " in clear: give the https address"
)


def check_auth(text: ContractText, key: Key, facts: Mapping[str, Any]) -> None:
    """Record what ``auth`` lacks, what it says that nobody reads, and secrets its style does not
    use.
    """
    style, auth, secrets = style_of(facts), facts.get("auth"), facts.get("secrets")
    if style is None:
        return
    known = AUTH.get(style)
    if known is None:
        text.problem(key, f"auth: style '{style}'; {nearest(style, AUTH)}")
        return
    auth, secrets = (
        auth if isinstance(auth, Mapping) else {},
        secrets if isinstance(secrets, Mapping) else {},
    )
    for name in auth:
        if name not in ("style", *known.needs, *known.may):
            text.problem(
                key,
                f"auth: style {style} does not read '{name}';"
                f" {nearest(str(name), ('style', *known.needs, *known.may))}",
            )
    for name in known.needs:
        if not auth.get(name):
            text.problem(key, f"auth: style {style} needs '{name}'")
    for name in known.secrets:
        if name not in secrets:
            text.problem(
                key, f"auth: style {style} needs the secret '{name}': secrets: {{{name}: VARIABLE}}"
            )
    for name in secrets:
        if name not in known.secrets:
            text.problem(
                key,
                f"secrets: style {style} does not use '{name}';"
                f" {nearest(str(name), known.secrets)}",
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
        and not any("${" in each for each in addresses)
        and not safe_token_url(*addresses)
    ):
        text.problem(key, f"auth: token_url {addresses[1]} {UNSAFE}")


def check_sftp(text: ContractText, key: Key, facts: Mapping[str, Any]) -> None:
    """Record what an SFTP server lacks: the key it is known by, and one way to say who we are."""
    given = facts.get("secrets")
    secrets = given if isinstance(given, Mapping) else {}
    if not facts.get("host_key"):
        text.problem(
            key,
            "connector sftp needs 'host_key', the server's public key or SHA256:fingerprint as its"
            " owner states it: no other server is read",
        )
    if ("password" in secrets) == ("key" in secrets):
        text.problem(
            key,
            "connector sftp needs one of secrets: {password: VARIABLE} and secrets: {key:"
            " VARIABLE}",
        )
    for name in secrets:
        if name not in SFTP:
            text.problem(key, f"secrets: sftp does not use '{name}'; {nearest(str(name), SFTP)}")
