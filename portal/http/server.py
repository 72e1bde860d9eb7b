"""The one way the portal is served: ``python -m portal.http.server --port 8501``, which is what
``lumbung serve`` runs.

uvicorn, not Streamlit's own server, whose socket waits 44 ms for each answer (it lacks
TCP_NODELAY). TLS, and names other than one's own, are the business of a reverse proxy before it;
the limits here hold without one.
"""

import argparse
import json
import logging
import resource
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from pipelines.errors import LumbungError
from pipelines.settings import settings

LIMITS: dict[str, Any] = {
    "http": "portal.http.protocol:BoundedProtocol",
    "timeout_keep_alive": 15,
    "limit_concurrency": 2000,
    "backlog": 2048,
    "ws_max_size": 1024 * 1024,
    "server_header": False,
    "access_log": False,
    "timeout_graceful_shutdown": 10,
}
"""Connections and sockets that may be open; a client sends at most 1 MiB over a websocket,
unpacked.
"""
FILES = 8192
"""How many files and sockets the process may open, where the machine allows it."""


class JsonLines(logging.Formatter):
    """A record as one line of JSON, whatever a request put into it. Of an error the kind and the
    places, not its message, which can quote what was asked.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        fields |= {"message": record.getMessage(), **getattr(record, "told", {})}
        if record.exc_info and record.exc_info[0]:
            places = [
                f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-8:]
            ]
            fields |= {"error": record.exc_info[0].__name__, "places": places}
        return json.dumps(fields, ensure_ascii=True, default=str)


def logs(level: str) -> dict[str, Any]:
    """Return how Python's logging tells everything of ``level`` and above: as lines of JSON on
    standard error.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            name: {"level": level.upper()} for name in ("uvicorn", "uvicorn.error", "portal")
        },
    }


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--log-level", default="warning", choices=("info", "warning", "error"))
    given = parser.parse_args()
    try:
        settings()
    except LumbungError as error:
        parser.exit(1, f"{error}\n")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(
        resource.RLIMIT_NOFILE,
        (FILES if most == resource.RLIM_INFINITY else min(FILES, most), most),
    )
    uvicorn.run(
        "portal.app:app",
        host=given.host,
        port=given.port,
        log_config=logs(given.log_level),
        log_level=given.log_level,
        **LIMITS,
    )


if __name__ == "__main__":
    main()
