"""Which SFTP server is meant and how it is known to be that one: address, pinned host key, secrets
from the environment.

Only facts and the check of the key; what is read from the server is ``sftp``'s business. SSH's own
words: RFC 4251, RFC 4253.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncssh

from pipelines.connectors.sftp.facts import SECRETS
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.records.archive import MOST_BYTES

MOST_FILES, MOST_TOTAL, LONGEST_FILE = 10_000, 16 << 30, 3600.0
"""Files and bytes of one run, seconds of one file, where the contract's ``limits`` say nothing
else.
"""
FINGERPRINT = r"SHA256:[A-Za-z0-9+/]{43}"
ALGORITHMS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
"""Plain host keys in the order they are asked for; certificates are not pinned, so they are not
asked for.
"""


@dataclass(frozen=True)
class Server:
    """One server as the contract and the environment say; ``key_shown`` collects what a refused
    server showed.
    """

    user: str
    host: str
    port: int
    folder: str
    fingerprint: str
    algorithms: tuple[str, ...]
    shows: str
    password: str | None = field(repr=False)
    key: asyncssh.SSHKey | None = field(repr=False)
    seconds: float = 30
    attempts: int = 4
    bytes: int = MOST_BYTES
    files: int = MOST_FILES
    total_bytes: int = MOST_TOTAL
    file_seconds: float = LONGEST_FILE
    key_shown: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The folder's address, without a user."""
        return f"sftp://{self.host}:{self.port}{self.folder.rstrip('/')}"

    def shown(self) -> str:
        """Return the fingerprint the server showed."""
        return self.key_shown[-1] if self.key_shown else "of a kind that is not read"


def server_of(dataset: Dataset) -> Server:
    """Return the dataset's server; SourceError names the fact or the variable that is missing or
    wrong.
    """
    facts = dataset.source.server
    address, limits, named = (
        urlsplit(str(facts.get("url", ""))),
        facts.get("limits") or {},
        facts.get("secrets") or {},
    )
    if address.scheme != "sftp" or not address.hostname or not address.username or address.password:
        raise SourceError(
            f"{dataset.id}: server address {_plain(address)} is not sftp://user@host:port/folder;"
            " correct the server's url"
        )
    for name in named:
        if name not in SECRETS:
            raise SourceError(
                f"{dataset.id}: secret '{name}' is not used by sftp; allowed: {', '.join(SECRETS)}"
            )
    if ("password" in named) == ("key" in named):
        raise SourceError(
            f"{dataset.id}: its server needs one of secrets.password and secrets.key, each the name"
            " of an environment variable"
        )
    secrets = {name: _value(dataset, name, str(variable)) for name, variable in named.items()}
    fingerprint, algorithms = _pinned(dataset, str(facts.get("host_key") or "").strip())
    return Server(
        user=unquote(address.username),
        host=address.hostname,
        port=address.port or 22,
        folder=unquote(address.path) or "/",
        fingerprint=fingerprint,
        algorithms=algorithms,
        shows="password" if "password" in named else "key",
        password=secrets.get("password"),
        key=_key(dataset, secrets, str(named.get("key"))) if "key" in named else None,
        seconds=float(limits.get("timeout_seconds", 30)),
        attempts=int(limits.get("attempts", 4)),
        bytes=int(limits.get("response_bytes", MOST_BYTES)),
        files=int(limits.get("files", MOST_FILES)),
        total_bytes=int(limits.get("total_bytes", MOST_TOTAL)),
        file_seconds=float(limits.get("file_seconds", LONGEST_FILE)),
    )


def options(server: Server) -> dict[str, Any]:
    """Return what asyncssh is told: this key and no other, these secrets and nobody else's."""

    class Client(asyncssh.SSHClient):
        def validate_host_public_key(
            self, host: str, addr: str, port: int, key: asyncssh.SSHKey
        ) -> bool:
            server.key_shown.append(key.get_fingerprint("sha256"))
            return key.get_fingerprint("sha256") == server.fingerprint

    return {
        "username": server.user,
        "password": server.password,
        "client_keys": [server.key] if server.key else None,
        "client_factory": Client,
        "known_hosts": ([], [], []),
        "server_host_key_algs": list(server.algorithms),
        "config": None,
        "agent_path": None,
        "gss_host": None,
        "preferred_auth": "publickey" if server.key else "password,keyboard-interactive",
        "connect_timeout": server.seconds,
        "login_timeout": server.seconds,
        "keepalive_interval": server.seconds,
        "keepalive_count_max": 1,
    }


def _pinned(dataset: Dataset, stated: str) -> tuple[str, tuple[str, ...]]:
    """Return the pinned fingerprint, and the algorithms to ask for, the pinned key's own first."""
    if re.fullmatch(FINGERPRINT, stated):
        return stated, ALGORITHMS
    try:
        key = asyncssh.import_public_key(stated)
    except (asyncssh.KeyImportError, ValueError) as error:
        raise SourceError(
            f"{dataset.id}: host_key is neither a public key nor SHA256:fingerprint; ask the"
            " server's owner for it (ssh-keygen -lf shows the fingerprint)"
        ) from error
    own = tuple(name.decode() for name in key.sig_algorithms)
    return key.get_fingerprint("sha256"), tuple(
        sorted(ALGORITHMS, key=lambda name: name not in own)
    )


def _value(dataset: Dataset, name: str, variable: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise SourceError(
            f"{dataset.id}: the environment variable {variable} (its {name}) is not set; set it and"
            " run again"
        )
    return value


def _key(dataset: Dataset, secrets: dict[str, str], variable: str) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_private_key(
            Path(secrets["key"]).read_bytes(), secrets.get("passphrase")
        )
    except (OSError, ValueError, asyncssh.KeyEncryptionError, asyncssh.KeyImportError) as error:
        what = error.strerror if isinstance(error, OSError) else str(error)
        raise SourceError(
            f"{dataset.id}: the file named by {variable} cannot be used as a key: {what}; correct"
            " the path or the passphrase"
        ) from None


def _plain(address: Any) -> str:
    return repr(f"{address.scheme}://{address.hostname or ''}{address.path}")
