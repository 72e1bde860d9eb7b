"""The demo city's MQTT broker on loopback: amqtt, pure Python, in a thread of this process.

What is published there is ``devices``' business. A real city has a broker of its own, such as
Mosquitto.
"""

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.extras import needs

with needs("demo", "the demo city"):
    from amqtt.broker import Broker
    from amqtt.contexts import BrokerConfig, ListenerConfig

ANONYMOUS = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}


@contextmanager
def serve(port: int = 8683, host: str = "127.0.0.1") -> Iterator[str]:
    """Run a broker until the block ends and yield its address; port 0 takes a free one."""
    for name in ("amqtt", "transitions"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True, name="broker")
    thread.start()
    try:
        broker = asyncio.run_coroutine_threadsafe(_started(host, port, loop), loop).result(20)
        try:
            yield f"mqtt://{host}:{_port(broker)}"
        finally:
            asyncio.run_coroutine_threadsafe(broker.shutdown(), loop).result(20)
    finally:
        asyncio.run_coroutine_threadsafe(_swept(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _started(host: str, port: int, loop: asyncio.AbstractEventLoop) -> Broker:
    broker = Broker(
        BrokerConfig(
            listeners={"default": ListenerConfig(bind=f"{host}:{port}")}, plugins=ANONYMOUS
        ),
        loop=loop,
    )
    try:
        await broker.start()
    except Exception as error:
        raise OSError(
            f"the demo city's broker could not listen on {host}:{port}: {error}"
        ) from error
    return broker


def _port(broker: Broker) -> int:
    sockets = list(getattr(broker._servers["default"].instance, "sockets", ()))
    return int(sockets[0].getsockname()[1])


async def _swept() -> None:
    """Wait for what amqtt leaves behind: tasks of connections that are ending."""
    remaining = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in remaining:
        task.cancel()
    await asyncio.gather(*remaining, return_exceptions=True)
