"""One contestant at work, and what the kernel knows of its processes."""

import os
import shlex
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from peers import BUILT, Commands, Peer

TICKS = os.sysconf("SC_CLK_TCK")
CHILDREN = {"child", "lines", "program"}


class Stage:
    """A folder, the files by which harness and children know each other, and what runs."""

    def __init__(self, peer: Peer, commands: Commands, stdout: int = subprocess.DEVNULL,
                 again: bool = True, file: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="supervise-bench-"))
        self.stamps = self.folder / "stamps"
        self.stamps.touch()
        self.gate = self.folder / "gate"
        self.mark = f"BENCH_MARK={self.folder}".encode()
        peer.configure(self.folder, commands, again)
        words = shlex.split(peer.reload if file else peer.start)
        command = next(iter(commands.values()))
        known = {"file": file, "folder": file.parent if file else "", "command": command,
                 "name": file.name if file else ""}
        words = [word.format(**known) for word in words]
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=stdout,
            stderr=subprocess.DEVNULL, start_new_session=True,
            env=os.environ | {"BENCH_MARK": str(self.folder), "BENCH_STAMPS": str(self.stamps),
                              "LINES_GATE": str(self.gate), "PYTHONUNBUFFERED": "1"})

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_: object) -> None:
        """Ends all that carries this stage's mark, and nothing else."""
        for _ in range(100):
            pids = self.pids()
            if not pids and self.process.poll() is not None:
                break
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            try:
                self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                pass
        subprocess.run(["rm", "-rf", str(self.folder)], check=True)

    def pids(self) -> list[int]:
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc")))
                if self.mark in _read(f"/proc/{pid}/environ").split(b"\0") and _name(pid)[1] != "Z"]

    def children(self) -> list[int]:
        return [pid for pid in self.pids() if _name(pid)[0] in CHILDREN]

    def supervisors(self) -> list[int]:
        return [pid for pid in self.pids() if _name(pid)[0] not in CHILDREN]

    def born(self, name: str | None = None) -> list[tuple[str, int, float]]:
        """Name, pid and second of birth of all children so far."""
        words = [line.split() for line in self.stamps.read_text().splitlines()]
        return [(w[0], int(w[1]), int(w[2]) / 1e9) for w in words
                if len(w) == 3 and name in (None, w[0])]

    def wait_for_births(self, count: int, name: str | None = None, limit: float = 15) -> list:
        wait_until(lambda: len(self.born(name)) >= count, limit, 0.001)
        return self.born(name)


def child(name: str) -> str:
    return f"{BUILT}/child {name}"


def wait_until(is_true, limit: float, pause: float = 0.002) -> None:
    end = time.monotonic() + limit
    while not is_true():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {limit} s")
        time.sleep(pause)


def cpu_seconds(pids: list[int]) -> float:
    return sum(sum(map(int, _stat(pid)[11:13])) for pid in pids if _stat(pid)) / TICKS


def megabytes(pids: list[int]) -> float:
    """The memory of all of them together; what they share counts once."""
    lines = [line for pid in pids for line in _read(f"/proc/{pid}/smaps_rollup").splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith(b"Pss:")) / 1024


def system_calls(pid: int, seconds: float) -> int:
    """How many system calls a process and its threads make in this time."""
    report = subprocess.run(
        ["timeout", "--signal=INT", str(seconds), "strace", "-c", "-f", "-p", str(pid)],
        capture_output=True, text=True).stderr
    total = [line.split() for line in report.splitlines() if line.endswith(" total")]
    return int(total[0][3] if len(total[0]) > 4 else total[0][2]) if total else 0


def runs(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    return _name(pid)[1] != "Z"


def _name(pid: int) -> tuple[str, str]:
    text = _read(f"/proc/{pid}/stat").decode(errors="replace")
    return (text[text.find("(") + 1:text.rfind(")")], (_stat(pid) or ["Z"])[0])


def _stat(pid: int) -> list[str]:
    # The fields after the name, which is in brackets and may have blanks in it.
    return _read(f"/proc/{pid}/stat").decode(errors="replace").rpartition(")")[2].split()


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
