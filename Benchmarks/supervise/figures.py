"""What is measured: each function takes a contestant and returns its figures."""

import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from peers import BUILT, Peer
from stage import (
    Stage, child, cpu_seconds, megabytes, runs, system_calls, wait_until)

WRITERS = 4
SECONDS = 3
Figures = dict[str, float]


def lines(peer: Peer) -> Figures:
    """Four writers, one `write` a line, into a file in memory."""
    return _lines(peer, "line", "")


def blocks(peer: Peer) -> Figures:
    """The same with writes of 64 KiB that end anywhere."""
    return _lines(peer, "block", "block_")


def _lines(peer: Peer, mode: str, prefix: str) -> Figures:
    rate = _flood(peer, 5_000, mode)["rate"]
    count = int(min(1_500_000, max(5_000, rate * SECONDS / WRITERS)))
    found = _flood(peer, count, mode)
    return {f"{prefix}{name}": value for name, value in (
        ("lines_s", found["rate"]), ("cpu_million", found["cpu"] / found["lines"] * 1e6),
        ("wrong", found["bad"] + found["missing"] + found["disorder"]),
        ("flood_mb", found["mb"]))}


def _flood(peer: Peer, count: int, mode: str) -> Figures:
    commands = {f"w{i:02}": f"{BUILT}/lines write w{i:02} {count} {mode}" for i in range(WRITERS)}
    with tempfile.NamedTemporaryFile(dir="/dev/shm") as out:
        with Stage(peer, commands, out.fileno(), again=False) as stage:
            wait_until(lambda: len(stage.children()) == WRITERS, 20)
            time.sleep(0.3)
            supervisors = stage.supervisors()
            cpu, size = cpu_seconds(supervisors), _size(out)
            began = time.time()
            stage.gate.touch()
            _wait_for_rest(out, size)
            end = os.stat(out.name).st_mtime
            used = cpu_seconds(supervisors) - cpu
            memory = megabytes(supervisors)
        with open(out.name, "rb") as log:
            checked = subprocess.run(
                [f"{BUILT}/lines", "check", str(WRITERS), str(count)], stdin=log,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    found = {name: float(value) for name, value in (
        word.split("=") for word in checked.stdout.splitlines()[-1].split())}
    return found | {"rate": found["lines"] / (end - began), "cpu": used, "mb": memory}


def _wait_for_rest(out, size: int) -> None:
    """Until nothing has come for a second."""
    last, since = size, time.monotonic()
    while time.monotonic() - since < (1 if last > size else 10):
        time.sleep(0.05)
        if (now := _size(out)) != last:
            last, since = now, time.monotonic()


def _size(file) -> int:
    return os.stat(file.name).st_size


def stalled(peer: Peer) -> Figures:
    """Nobody reads for three seconds; then it is stopped."""
    commands = {
        f"w{i:02}": f"{BUILT}/lines write w{i:02} 9000000 line" for i in range(WRITERS)}
    reading, writing = os.pipe()
    try:
        with Stage(peer, commands, writing, again=False) as stage:
            os.close(writing)
            wait_until(lambda: len(stage.children()) == WRITERS, 20)
            time.sleep(0.3)
            before = megabytes(stage.supervisors())
            stage.gate.touch()
            time.sleep(3)
            growth = megabytes(stage.supervisors()) - before
            began = time.monotonic()
            os.kill(stage.process.pid, signal.SIGTERM)
            try:
                wait_until(lambda: not stage.children(), 12)
                took = time.monotonic() - began
            except TimeoutError:
                took = float("inf")
    finally:
        os.close(reading)
    return {"stalled_mb": growth, "stalled_stop_s": took}


def reload(peer: Peer) -> Figures:
    """The executable is replaced by a rename, twelve times."""
    folder = Path(tempfile.mkdtemp(prefix="supervise-bench-"))
    program = folder / "program"
    shutil.copy(BUILT / "child", program)
    took = []
    try:
        with Stage(peer, {"p": f"{program} p"}, file=program) as stage:
            stage.wait_for_births(1)
            time.sleep(2)
            for number in range(12):
                known = len(stage.born())
                shutil.copy(BUILT / "child", folder / "new")
                # A build that changes nothing is none: the copies differ.
                with open(folder / "new", "ab") as file:
                    file.write(b"%d" % number)
                began = time.monotonic()
                os.rename(folder / "new", program)
                took.append(stage.wait_for_births(known + 1)[known][2] - began)
                time.sleep(1.2)
            needless = len(stage.born()) - 13
    finally:
        shutil.rmtree(folder)
    return _milliseconds("reload", took) | {"reload_needless": needless}


def killed(peer: Peer) -> Figures:
    """`kill -9`, until the next process is there; each is killed once, so nobody waits longer."""
    took = []
    names = [f"c{i}" for i in range(8)]
    with Stage(peer, {name: child(name) for name in names}) as stage:
        stage.wait_for_births(len(names))
        time.sleep(2)
        for name in names:
            known = stage.born(name)
            began = time.monotonic()
            os.kill(known[-1][1], signal.SIGKILL)
            took.append(stage.wait_for_births(len(known) + 1, name)[-1][2] - began)
    return _milliseconds("killed", took)


def stop(peer: Peer) -> Figures:
    """TERM, until four idle children and all else are gone."""
    took = []
    for _ in range(3):
        with Stage(peer, {f"c{i}": child(f"c{i}") for i in range(4)}) as stage:
            stage.wait_for_births(4)
            time.sleep(1.3)
            pids = [pid for _, pid, _ in stage.born()]
            began = time.monotonic()
            os.kill(stage.process.pid, signal.SIGHUP if peer.name == "runit" else signal.SIGTERM)
            wait_until(lambda: not any(map(runs, pids)), 15, 0.0005)
            took.append(time.monotonic() - began)
    return {"stop_ms": statistics.median(took) * 1e3}


def hundred(peer: Peer) -> Figures:
    """A hundred children: until all are up, and what that takes."""
    with Stage(peer, {f"c{i:03}": child(f"c{i:03}") for i in range(100)}) as stage:
        births = stage.wait_for_births(100, limit=30)
        took = max(second for _, _, second in births) - stage.began
        time.sleep(1)
        memory = megabytes(stage.supervisors())
    return {"hundred_ms": took * 1e3, "hundred_mb": memory}


def idle(peer: Peer) -> Figures:
    """Four idle children for ten seconds."""
    with Stage(peer, {f"c{i}": child(f"c{i}") for i in range(4)}) as stage:
        stage.wait_for_births(4)
        time.sleep(3)
        pids = stage.supervisors()
        memory = megabytes(pids)
        calls = system_calls(stage.process.pid, 10) if shutil.which("strace") else 0
    return {"idle_mb": memory, "idle_calls_s": calls / 10}


def _milliseconds(name: str, seconds: list[float]) -> Figures:
    return {f"{name}_p50_ms": statistics.median(seconds) * 1e3, f"{name}_max_ms": max(seconds) * 1e3}
