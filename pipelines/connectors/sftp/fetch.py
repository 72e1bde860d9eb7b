"""Files dropped on an SFTP server (SSH File Transfer Protocol), read as ``file`` reads a folder;
what its server must say stands in ``sftp.facts``, the facts of ``fetch`` in ``dropped.facts``.

A server with another host key is refused before anything is sent to it. Every file is whole on our
side before the first is handed on. One that was changed a moment ago is looked at twice; one whose
size or time changes is still being uploaded: its partition is refused, the others are read.
Retried: no connection, a cut one, a server that is busy. Neither the user's SSH configuration nor
an agent is used.
"""

import asyncio
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import asyncssh
import stamina

from pipelines.connectors.dropped.arrival import (
    APART,
    Dropped,
    check_same,
    differs,
    looked_at_again,
    refused,
)
from pipelines.connectors.dropped.files import meant, parts
from pipelines.connectors.sftp.server import Server, options, server_of
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Part, Standing, Window

CHUNK = 256 << 10


class _TryAgain(Exception):
    """What another try may put right."""


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield every matching file of the window, oldest name first; SourceError says what the
    server refused, or which file is not whole.
    """
    server = server_of(dataset)
    with tempfile.TemporaryDirectory(prefix="lumbung-") as work:
        whole: dict[Dropped, Path] = {}
        for file in asyncio.run(_with_retries(dataset, window, server, Path(work), whole)):
            yield from parts(dataset, file, whole[file])
            whole[file].unlink()


def look(dataset: Dataset, window: Window, known: Mapping[str, Standing]) -> Iterator[str]:
    """Yield the partitions whose files in the server's folder were changed, or joined by others;
    nothing is read of them.
    """
    for file in asyncio.run(_with_retries(dataset, window, server_of(dataset), None, {})):
        if file.partition in known and differs(file, known[file.partition]):
            yield file.partition


async def _with_retries(
    dataset: Dataset, window: Window, server: Server, work: Path | None, whole: dict[Dropped, Path]
) -> list[Dropped]:
    """Bring the window's files into ``work`` and return them; one that an earlier try has
    brought whole and that is still the same is not read again. Without ``work`` only list them.
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
    dataset: Dataset, window: Window, server: Server, work: Path | None, whole: dict[Dropped, Path]
) -> list[Dropped]:
    where = f"{dataset.id}: {server.address}"
    try:
        async with (
            asyncssh.connect(server.host, server.port, **options(server)) as connection,
            connection.start_sftp_client() as client,
        ):
            listed = await _listed(dataset, window, server, client)
            if work is None:
                return listed
            _check_total(dataset, server, listed)
            if young := looked_at_again(dataset, (file for file in listed if file not in whole)):
                await asyncio.sleep(APART)
                for file in young:
                    check_same(dataset, file, await _now(file, server, client))
            for file in listed:
                if file not in whole:
                    target = work / f"{len(whole):05d}"
                    await _copy(dataset, file, target, server, client)
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
) -> list[Dropped]:
    folder = str(await asyncio.wait_for(client.realpath(server.folder), server.seconds))
    entries = [
        str(entry.filename)
        for entry in await asyncio.wait_for(client.readdir(folder), server.seconds)
    ]
    files: list[Dropped] = []
    for name, partition in meant(dataset, (entry for entry in entries if "/" not in entry)):
        if partition is not None and partition not in window.partitions:
            continue
        path = f"{folder.rstrip('/')}/{name}"
        attributes = await asyncio.wait_for(client.lstat(path), server.seconds)
        if stat.S_ISLNK(attributes.permissions or 0):
            real = str(await asyncio.wait_for(client.realpath(path), server.seconds))
            if real.rpartition("/")[0] != folder.rstrip("/"):
                raise refused(
                    f"{dataset.id}: {server.address}/{name}: is a link that leads out of the"
                    " folder; put the file itself there",
                    partition,
                )
            attributes = await asyncio.wait_for(client.stat(path), server.seconds)
        if stat.S_ISREG(attributes.permissions or stat.S_IFREG):
            address = f"{server.address}/{name}"
            files.append(Dropped(name, partition, path, address, *_looks(attributes)))
        if len(files) > server.files:
            raise SourceError(
                f"{dataset.id}: {server.address}: more than {server.files} files for one run;"
                f" {_fewer('files')}"
            )
    return files


def _check_total(dataset: Dataset, server: Server, files: Sequence[Dropped]) -> None:
    total = sum(min(file.bytes, server.bytes) for file in files)
    if total > server.total_bytes:
        raise SourceError(
            f"{dataset.id}: {server.address}: {total} bytes for one run, at most"
            f" {server.total_bytes} are brought; {_fewer('total_bytes')}"
        )


async def _copy(
    dataset: Dataset, file: Dropped, target: Path, server: Server, client: asyncssh.SFTPClient
) -> None:
    """Copy one file and look again: it must be what was listed, and all of it."""
    size, begun = 0, time.monotonic()
    async with client.open(file.path, "rb") as source:
        with target.open("wb") as sink:
            while size <= file.bytes and (
                chunk := await asyncio.wait_for(source.read(CHUNK), server.seconds)
            ):
                size += sink.write(chunk)
                if time.monotonic() - begun > server.file_seconds:
                    raise refused(
                        f"{dataset.id}: {file.address}: not whole after {server.file_seconds:g} s;"
                        " ask its owner why it is so slow, or raise limits.file_seconds with a"
                        " reason",
                        file.partition,
                    )
                if size > server.bytes:
                    raise refused(
                        f"{dataset.id}: {file.address}: more than {server.bytes} bytes; raise"
                        " limits.response_bytes with a reason",
                        file.partition,
                    )
    now = await _now(file, server, client)
    check_same(dataset, file, now)
    if size != now.bytes:
        raise _TryAgain(f"{file.name} has {now.bytes} bytes, but {size} came")


def _fewer(limit: str) -> str:
    return f"ask for fewer days at a time, or raise limits.{limit} in the contract with a reason"


async def _now(file: Dropped, server: Server, client: asyncssh.SFTPClient) -> Dropped:
    """Return the file as it is now."""
    size, changed = _looks(await asyncio.wait_for(client.stat(file.path), server.seconds))
    return replace(file, bytes=size, changed_ns=changed)


def _looks(attributes: asyncssh.SFTPAttrs) -> tuple[int, int]:
    return attributes.size or 0, int(attributes.mtime or 0) * 1_000_000_000
