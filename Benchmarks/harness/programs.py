"""The programs that are measured, and what the kernel knows of their processes."""

import json
import os
import re
import shlex
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Peer:
    """One contestant: the commands of its worker and of its client."""

    name: str
    worker: str
    client: str
    idle_worker: str
    tasks: int
    """How many tasks a run of throughput has: some seconds' worth."""
    calls: int
    """How many calls a run of sending has."""
    modes: tuple[str, ...] = ("single", "bulk", "lat", "e2e")
    environment: dict[str, str] = field(default_factory=dict)


def peers(build: Path, worker_options: str) -> dict[str, Peer]:
    """The contestants by name; `build` is the folder of our programs."""
    python = HERE / ".build/celery/bin"
    ours = f"{build}/bench-worker {worker_options}"

    def limit(name: str, variant: str) -> Peer:
        return Peer(
            name, f"{build}/bench-limit worker {variant} 64", f"{build}/bench-limit enqueue",
            idle_worker=f"{build}/bench-limit wait", tasks=300_000, calls=100_000)

    contestants = [
        Peer("ours", ours, f"{build}/bench-enqueue", idle_worker=ours, tasks=200_000,
             calls=50_000, modes=("single", "bulk", "concurrent", "lat", "e2e")),
        limit("limit", "unacked"),
        limit("limit: list per batch", "list-any"),
        limit("limit: short tags", "unacked-short"),
        Peer("celery", f"{python}/celery -A celery_app worker -n %n@%h",
             f"{python}/python celery_app.py enqueue",
             idle_worker=f"{python}/celery -A celery_app worker", tasks=2_500, calls=3_000),
    ]
    return {peer.name: peer for peer in contestants}


class Stage:
    """The files and variables by which harness and programs know each other, and what runs."""

    def __init__(self, port: int) -> None:
        folder = Path(tempfile.mkdtemp(prefix="celeriac-bench-"))
        self.progress = folder / "progress"
        self.progress.touch()
        self.pipe = folder / "stamps"
        os.mkfifo(self.pipe)
        self.environment = os.environ | {
            "BENCH_PORT": str(port), "BENCH_PROGRESS": str(self.progress),
            "BENCH_FIFO": str(self.pipe), "BENCH_RESULTS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        self.running: list[subprocess.Popen] = []

    def done(self) -> int:
        """How many tasks have run since `clear`."""
        return self.progress.stat().st_size

    def clear(self) -> None:
        os.truncate(self.progress, 0)
        pipe = os.open(self.pipe, os.O_RDWR | os.O_NONBLOCK)
        try:
            while os.read(pipe, 65536):
                pass
        except BlockingIOError:
            pass
        finally:
            os.close(pipe)

    def start(self, command: str) -> subprocess.Popen:
        """Starts a worker in a session of its own, by which its processes are found."""
        process = subprocess.Popen(
            shlex.split(command.replace("%n", f"w{len(self.running)}")), cwd=HERE / "celery",
            env=self.environment, start_new_session=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.running.append(process)
        return process

    def stop(self) -> None:
        """Ends all workers, and what they have left behind."""
        for process in self.running:
            process.terminate()
        for process in self.running:
            try:
                process.wait(timeout=8)
            except subprocess.TimeoutExpired:
                pass
            for left in _processes(process.pid):
                os.kill(left, signal.SIGKILL)
            process.wait()
        self.running = []

    def client(self, peer: Peer, mode: str, count: int) -> dict:
        """Runs a client to its end and returns the line of JSON that it prints."""
        result = subprocess.run(
            shlex.split(peer.client) + [mode, str(count)], cwd=HERE / "celery",
            env=self.environment, capture_output=True, text=True, timeout=120)
        if result.returncode != 0:
            raise RuntimeError(f"{peer.name} {mode}: {result.stderr[-500:]}")
        return json.loads(result.stdout.splitlines()[-1])


def wait_until(is_true, limit: float = 60, pause: float = 0.002) -> None:
    end = time.monotonic() + limit
    while not is_true():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {limit} s")
        time.sleep(pause)


def cpu_seconds(sessions: list[int]) -> float:
    """The processor time of all processes of the sessions."""
    return sum(
        sum(map(int, _stat(pid)[11:15])) for session in sessions for pid in _processes(session)
    ) / TICKS


def resident_megabytes(sessions: list[int]) -> float:
    """The memory of all processes of the sessions; shared pages count in each."""
    return sum(_resident(pid) for session in sessions for pid in _processes(session)) / 1024


def _resident(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"^Rss:\s+(\d+)", text, re.MULTILINE)
    return int(found.group(1)) if found else 0


def _processes(session: int) -> list[int]:
    pids = (int(name) for name in os.listdir("/proc") if name.isdigit())
    return [pid for pid in pids if (stat := _stat(pid)) and int(stat[3]) == session]


def _stat(pid: int) -> list[str]:
    # The fields after the name, which is in brackets and may have blanks in it.
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
