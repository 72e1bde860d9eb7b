"""Files dropped on an SFTP server (SSH File Transfer Protocol), read as ``file`` reads a folder;
what its server must say stands in ``sftp.facts``, the facts of ``fetch`` in ``dropped.facts``.

A server with another host key is refused before anything is sent to it. Every file is whole on our
side before the first is handed on. One whose size or time changes while it is read is still being
uploaded: its partition is refused, the others are read. Retried: no connection, a cut one, a server
that is busy. Neither the user's SSH configuration nor an agent is used.
"""

import asyncio
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import stamina

from pipelines.connectors.dropped.files import meant, parts
from pipelines.connectors.sftp.server import Server, options, server_of
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Part, Window

CHUNK = 256 << 10


@dataclass(frozen=True)
class _File:
    """A file of the folder that the window asks for, and what it was when it was listed."""

    name: str
    partition: str | None
    path: str
    seen: tuple[int, int]


class _TryAgain(Exception):
    """What another try may put right."""


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield every matching file of the window, oldest name first; SourceError says what the
    server refused, or which file is not whole.
    """
    server = server_of(dataset)
    with tempfile.TemporaryDirectory(prefix="lumbung-") as work:
        whole: dict[_File, Path] = {}
        for file in asyncio.run(_with_retries(dataset, window, server, Path(work), whole)):
            try:
                yield from parts(
                    dataset, whole[file], file.name, file.partition, f"{server.address}/{file.name}"
                )
            except SourceError as error:
                error.partition = file.partition
                raise
            whole[file].unlink()


async def _with_retries(
    dataset: Dataset, window: Window, server: Server, work: Path, whole: dict[_File, Path]
) -> list[_File]:
    """Bring the window's files into ``work`` and return them; one that an earlier try has
    brought whole and that is still the same is not read again.
    """
    reason = ""
    try:
        async for attempt in stamina.retry_context(
            on=_TryAgain,
            attempts=server.attempts,
            timeout=None,
            wait_initial=0.2,
            wait_max=10,
            wait_jitter=0.2,
        ):
            with attempt:
                return await _brought(dataset, window, server, work, whole)
    except _TryAgain as error:
        reason = str(error)
    raise SourceError(
        f"{dataset.id}: {server.address}: {reason}, {server.attempts} times; nothing was taken. Run"
        " again later, or ask the owner whether it is up"
    )


async def _brought(
    dataset: Dataset, window: Window, server: Server, work: Path, whole: dict[_File, Path]
) -> list[_File]:
    where = f"{dataset.id}: {server.address}"
    try:
        async with (
            asyncssh.connect(server.host, server.port, **options(server)) as connection,
            connection.start_sftp_client() as client,
        ):
            listed = await _listed(dataset, window, server, client)
            for file in listed:
                if file not in whole:
                    target = work / f"{len(whole):05d}"
                    await _copy(file, target, server, client, where)
                    whole[file] = target
            return listed
    except asyncssh.HostKeyNotVerifiable as error:
        raise SourceError(
            f"{where}: its host key is {server.shown()}, not the one the contract pins; nothing was"
            " sent to it. Ask its owner: if the key was renewed, put the new one under host_key,"
            " if not, somebody stands between"
        ) from error
    except asyncssh.PermissionDenied as error:
        raise SourceError(
            f"{where}: refuses {server.user}; check the user in the url and the {server.shows} in"
            " the environment"
        ) from error
    except asyncssh.SFTPPermissionDenied as error:
        raise SourceError(
            f"{where}: {server.user} may not read there; ask its owner for the right to read the"
            " folder"
        ) from error
    except asyncssh.SFTPNoSuchFile as error:
        raise SourceError(
            f"{where}: there is no such folder, or a file went away while it was read; correct the"
            " url, or run again"
        ) from error
    except (OSError, asyncssh.Error) as error:
        raise _TryAgain(
            f"no whole transfer ({type(error).__name__}{f': {error}' if str(error) else ''})"
        ) from error


async def _listed(
    dataset: Dataset, window: Window, server: Server, client: asyncssh.SFTPClient
) -> list[_File]:
    folder = str(await asyncio.wait_for(client.realpath(server.folder), server.seconds))
    entries = [
        str(entry.filename)
        for entry in await asyncio.wait_for(client.readdir(folder), server.seconds)
    ]
    files: list[_File] = []
    for name, partition in meant(dataset, (entry for entry in entries if "/" not in entry)):
        if partition is not None and partition not in window.partitions:
            continue
        path = f"{folder.rstrip('/')}/{name}"
        attributes = await asyncio.wait_for(client.lstat(path), server.seconds)
        if stat.S_ISLNK(attributes.permissions or 0):
            real = str(await asyncio.wait_for(client.realpath(path), server.seconds))
            if real.rpartition("/")[0] != folder.rstrip("/"):
                raise _refused(
                    f"{dataset.id}: {server.address}/{name}: is a link that leads out of the"
                    " folder; put the file itself there",
                    partition,
                )
            attributes = await asyncio.wait_for(client.stat(path), server.seconds)
        if stat.S_ISREG(attributes.permissions or stat.S_IFREG):
            files.append(_File(name, partition, path, _seen(attributes)))
        if len(files) > server.files:
            raise SourceError(
                f"{dataset.id}: {server.address}: more than {server.files} files for one run;"
                f" {_fewer('files')}"
            )
    total = sum(min(file.seen[0], server.bytes) for file in files)
    if total > server.total_bytes:
        raise SourceError(
            f"{dataset.id}: {server.address}: {total} bytes for one run, at most"
            f" {server.total_bytes} are brought; {_fewer('total_bytes')}"
        )
    return files


async def _copy(
    file: _File, target: Path, server: Server, client: asyncssh.SFTPClient, where: str
) -> None:
    """Copy one file and look again: it must be what was listed, and all of it."""
    size, begun = 0, time.monotonic()
    async with client.open(file.path, "rb") as source:
        with target.open("wb") as sink:
            while size <= file.seen[0] and (
                chunk := await asyncio.wait_for(source.read(CHUNK), server.seconds)
            ):
                size += sink.write(chunk)
                if time.monotonic() - begun > server.file_seconds:
                    raise _refused(
                        f"{where}/{file.name}: not whole after {server.file_seconds:g} s; ask its"
                        " owner why it is so slow, or raise limits.file_seconds with a reason",
                        file.partition,
                    )
                if size > server.bytes:
                    raise _refused(
                        f"{where}/{file.name}: more than {server.bytes} bytes; raise"
                        " limits.response_bytes with a reason",
                        file.partition,
                    )
    now = _seen(await asyncio.wait_for(client.stat(file.path), server.seconds))
    if now != file.seen:
        raise _refused(
            f"{where}/{file.name}: changed while it was read ({file.seen[0]} bytes, then {now[0]}):"
            " it is still being uploaded. Run again when it is there; its owner should upload it"
            " as .part and rename it",
            file.partition,
        )
    if size != now[0]:
        raise _TryAgain(f"{file.name} has {now[0]} bytes, but {size} came")


def _fewer(limit: str) -> str:
    return f"ask for fewer days at a time, or raise limits.{limit} in the contract with a reason"


def _seen(attributes: asyncssh.SFTPAttrs) -> tuple[int, int]:
    return attributes.size or 0, int(attributes.mtime or 0)


def _refused(message: str, partition: str | None) -> SourceError:
    error = SourceError(message)
    error.partition = partition
    return error
