"""The demo city's SFTP server on loopback: what offices upload lies under the city folder's
``sftp/``; one user, one password, one host key.

The host key is generated in the city folder once and kept there, so a contract can pin it as it
would a real server's.
"""

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from demo.city import City

USER = "lumbung"
ROOT, KEY = "sftp", "sftp_host_key"
Files = Callable[[asyncssh.SSHServerChannel[bytes]], asyncssh.SFTPServer]


@dataclass(frozen=True)
class Served:
    """A server that runs: its address, its public host key as text, and the password it asks
    for.
    """

    address: str
    host_key: str
    password: str

    def environment(self) -> dict[str, str]:
        """Return the variables that the contract and its address are filled in from."""
        return {
            "LUMBUNG_CITY_SFTP": self.address,
            "EPAYMENT_SFTP_HOST_KEY": self.host_key,
            "EPAYMENT_SFTP_PASSWORD": self.password,
        }


def password_of(city: City) -> str:
    """Return the password of the city's only SFTP user, made from its seed."""
    return hashlib.sha256(f"sftp {city.seed}".encode()).hexdigest()[:32]


@contextmanager
def serve(folder: Path, secret: str, port: int = 0, files: Files | None = None) -> Iterator[Served]:
    """Serve ``folder``'s ``sftp/`` until the block ends; port 0 takes a free one. ``files`` lets
    a test answer in the server's place.
    """
    root = folder / ROOT
    root.mkdir(parents=True, exist_ok=True)
    key = _host_key(folder / KEY)
    started, startup = threading.Event(), list[asyncio.AbstractEventLoop | int | BaseException]()
    stop = asyncio.Event()

    class User(asyncssh.SSHServer):
        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == (USER, secret)

    async def run() -> None:
        factory = files or (lambda channel: asyncssh.SFTPServer(channel, chroot=bytes(root)))
        async with asyncssh.listen(
            "127.0.0.1", port, server_factory=User, server_host_keys=[key], sftp_factory=factory
        ) as server:
            startup.extend((asyncio.get_running_loop(), server.get_port()))
            started.set()
            await stop.wait()

    def thread() -> None:
        try:
            asyncio.run(run())
        except OSError as error:
            startup.append(error)
        finally:
            started.set()

    running = threading.Thread(target=thread, daemon=True)
    running.start()
    started.wait()
    if isinstance(startup[0], BaseException):
        raise OSError(
            f"the demo city's SFTP server could not listen on 127.0.0.1:{port}"
        ) from startup[0]
    loop, listening = startup[0], startup[1]
    assert isinstance(loop, asyncio.AbstractEventLoop)
    try:
        yield Served(
            f"sftp://{USER}@127.0.0.1:{listening}", key.export_public_key().decode().strip(), secret
        )
    finally:
        loop.call_soon_threadsafe(stop.set)
        running.join(timeout=10)


def _host_key(path: Path) -> asyncssh.SSHKey:
    if not path.is_file():
        asyncssh.generate_private_key("ssh-ed25519", comment="demo city").write_private_key(
            str(path)
        )
        path.chmod(0o600)
    return asyncssh.read_private_key(str(path))
