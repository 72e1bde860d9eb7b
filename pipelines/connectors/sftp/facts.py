"""What a contract must say of an SFTP server: its address, the key it is known by, one way to say
who we are, and which files are meant. Secrets are never here.

Its server's facts:
    url       `sftp://user@host:port/folder`; port 22 unless given
    host_key  the server's public key as its owner states it: the key's text (`ssh-ed25519 AAAA...`)
              or its fingerprint (`SHA256:...`)
    secrets   `{password: VARIABLE}`, or `{key: VARIABLE}` naming the private key's file, with
              `{passphrase: VARIABLE}` if it has one (PKCS#8)
    limits    `{timeout_seconds: 30, response_bytes: 2147483648, attempts: 4}`; bytes of one file
              `{files: 10000, total_bytes: 17179869184, file_seconds: 3600}`; files and bytes of a
              run, and how long one file may take
"""

from collections.abc import Mapping
from typing import Any

from pipelines.connectors.dropped.facts import DROPPED, check_settle
from pipelines.contract.connector import Connector
from pipelines.errors import nearest
from pipelines.yamltext import Key, YamlText

SECRETS = ("password", "key", "passphrase")
"""Secrets the connector uses; ``key`` holds the path of the private key's file."""


def check_server(text: YamlText, key: Key, facts: Mapping[str, Any]) -> None:
    """Record what an SFTP server lacks: the key it is known by, and one way to say who we are."""
    stated = facts.get("secrets")
    secrets = stated if isinstance(stated, Mapping) else {}
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
        if name not in SECRETS:
            text.problem(key, f"secrets: sftp does not use '{name}'; {nearest(str(name), SECRETS)}")


SFTP = Connector(
    __name__,
    "url",
    DROPPED,
    limits=("files", "total_bytes", "file_seconds"),
    server=("secrets", "host_key"),
    check_server=check_server,
    check_fetch=check_settle,
    looks_at="size and time of each file with a date in its name",
)
