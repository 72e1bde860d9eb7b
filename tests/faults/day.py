"""The subject of the fault tests: one day of a small city, fetch to release, or a part of it, run
in forked children of a warm process.

``python day.py SHIM CITY`` reads one JSON line a run from standard input and answers with one JSON
line: how the child ended, how many mutating calls it made. A child that is not done in 30 seconds
is killed and told as a hang. Loaded with LD_PRELOAD=SHIM.
"""

import ctypes
import json
import os
import signal
import sys
import time
from datetime import date
from pathlib import Path

os.environ["GX_ANALYTICS_ENABLED"] = "false"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import quality.duckdb_source
from assets.harvest import harvest
from assets.release_run import run_release
from pipelines.connectors.contracts import read_contracts
from pipelines.contract.contracts import Contracts
from pipelines.contract.model import Contract
from pipelines.lake import intents
from pipelines.lake.lake import Lake
from pipelines.models.plan import Plan
from pipelines.publication import make_release as release_module

assert quality.duckdb_source
KINDS = {"COUNT": 0, "KILL": 1, "ENOSPC": 2, "EIO": 3, "SHORT": 4}
HANG = 30


def part(city: Path, lake: Lake, order: dict) -> None:
    """Do what is ordered of a day of this city: harvest an ``application``, ``release`` as a run
    does, or only ``settle`` what was left half done.
    """
    if order.get("control") == "no intents":
        intents.settle_alone = lambda lake: {}
    contracts = read_contracts(city / "contracts")
    if order.get("settle"):
        intents.settle(lake)
    for contract in contracts:
        if contract.application == order.get("application"):
            _harvest(city, lake, contract, order["run"])
    if order.get("release"):
        described = Contracts(tuple(contracts))
        run_release(lake, described, Plan((), {}, ""), city / "sql", date(2026, 1, 3), order["run"])


def day(city: Path, lake: Lake, control: str) -> None:
    """Harvest the day and make its release; ``control`` takes a guard away so that a test can
    see itself go red.
    """
    if control == "swap in place":
        release_module._swap = _swap_in_place
    if control == "no fsync":
        os.fsync = lambda fd: None  # type: ignore[assignment]
    contracts = read_contracts(city / "contracts")
    for contract in contracts:
        _harvest(city, lake, contract, "run")
    release_module.make_release(lake, contracts, [], "run")


def _harvest(city: Path, lake: Lake, contract: Contract, run_id: str) -> None:
    for dataset in contract.datasets:
        done = harvest(lake, city / "sql", contract, dataset, ["2026-01-01", "2026-01-02"], run_id)
        unjudged = [
            partition
            for partition in done.verdict.partitions
            for finding in partition.findings
            if finding.kind in ("gate", "source")
        ]
        if unjudged:
            raise RuntimeError(unjudged[0].findings[0].message)


def _swap_in_place(folder: Path, name: str) -> None:
    (folder / "current").unlink(missing_ok=True)
    (folder / "current").symlink_to(name)


def child(shim: ctypes.CDLL, city: Path, order: dict) -> None:
    """Run the day with the fault armed and leave by _exit: 0 done, 1 told."""
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if order.get("log") else -1
    calls = Path(order["calls"])
    shim.shim_arm(order["lake"].encode(), order["n"], KINDS[order["kind"]], log)
    code = 1
    try:
        if "city" in order:
            part(Path(order["city"]), Lake(Path(order["lake"])), order)
        else:
            day(city, Lake(Path(order["lake"])), order.get("control", ""))
        code = 0
    except Exception as error:  # noqa: BLE001  told to the test through the exit code
        sys.stderr.write(f"{type(error).__name__}: {str(error)[:200]}\n")
    finally:
        made = shim.shim_calls()
        shim.shim_arm(b"", -1, 0, -1)
        calls.write_text(str(made))
        os._exit(code)


def main() -> None:
    """Serve orders until standard input ends."""
    shim = ctypes.CDLL(sys.argv[1])
    shim.shim_calls.restype = ctypes.c_long
    shim.shim_arm.argtypes = [ctypes.c_char_p, ctypes.c_long, ctypes.c_int, ctypes.c_int]
    city = Path(sys.argv[2])
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            child(shim, city, order)
        begun, status = time.monotonic(), None
        while status is None:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done == 0:
                status = None
                if time.monotonic() - begun > HANG:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                    status = -1
                time.sleep(0.002)
        ended = (
            "hang"
            if status == -1
            else (
                "killed"
                if os.WIFSIGNALED(status)
                else "done"
                if os.WEXITSTATUS(status) == 0
                else "told"
            )
        )
        print(
            json.dumps(
                {
                    "ended": ended,
                    "calls": (
                        Path(order["calls"]).read_text() if Path(order["calls"]).exists() else ""
                    ),
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
