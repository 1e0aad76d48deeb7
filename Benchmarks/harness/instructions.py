"""Counts instructions and allocations per operation with callgrind, and holds them to thresholds.

Instructions do not depend on the weather of the machine, so a rise of a tenth is a change of the
code. Started by `script/instructions`.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from programs import Stage, peers, wait_until
from server import Server

HERE = Path(__file__).resolve().parent.parent
THRESHOLDS = HERE / "instructions.json"
TOLERANCE = 1.10
# How many tasks share a batch, and its cost, depends on how fast the server answers.
TOLERANCE_WITH_REDIS = 1.25

# How often a slot finds nothing and is begun anew depends on which thread comes first: of the worker
# without a server the least of three counts stands.

# What is counted, and by how many operations the two runs differ that are compared.
OPERATIONS = {
    "parse": ("read envelope and body of a message", 1000),
    "arguments": ("read two arguments into their types", 2000),
    "send": ("make and send one call", 1000),
    "bulk": ("make and send one call of a hundred", 1000),
    "run": ("one task in a worker, without a server", 1000),
    "work": ("one task in a worker, with Redis", 2000),
}

# Swift's main thread ends in sigsuspend with a mask in read-only memory, which valgrind 3.19 writes
# to, and dies.
SIGSUSPEND = """
#include <signal.h>
#include <unistd.h>
int sigsuspend(const sigset_t *mask) { (void)mask; for (;;) pause(); }
"""
ALLOCATORS = {"malloc", "calloc", "realloc", "memalign", "aligned_alloc", "posix_memalign"}


@dataclass(frozen=True)
class Count:
    instructions: float
    allocations: float

    def __sub__(self, other: "Count") -> "Count":
        return Count(
            self.instructions - other.instructions, self.allocations - other.allocations)

    def __truediv__(self, count: int) -> "Count":
        return Count(round(self.instructions / count), round(self.allocations / count, 1))


class Callgrind:
    """Runs programs under callgrind, in a folder of its own."""

    def __init__(self, build: Path, folder: Path) -> None:
        self.build = build
        self.folder = folder
        for program in ("bench-instructions", "bench-worker"):
            # Without debugging information, which valgrind 3.19 cannot read in this form.
            subprocess.run(
                ["strip", "--strip-debug", "-o", folder / program, build / program], check=True)
        self.preload = folder / "sigsuspend.so"
        subprocess.run(
            ["clang", "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", self.preload],
            input=SIGSUSPEND.encode(), check=True)

    def command(self, output: Path, *words: str) -> list[str]:
        return ["env", f"LD_PRELOAD={self.preload}", "valgrind", "--tool=callgrind",
                f"--callgrind-out-file={output}", str(self.folder / words[0]), *words[1:]]

    def operation(self, name: str, count: int) -> Count:
        output = self.folder / f"{name}-{count}"
        subprocess.run(
            self.command(output, "bench-instructions", name, str(count)), check=True,
            timeout=120, stderr=subprocess.DEVNULL)
        return read(output)

    def worker(self, count: int) -> Count:
        output = self.folder / f"work-{count}"
        with Server() as server:
            stage = Stage(server.port)
            limit = peers(self.build, "")["limit"]
            stage.client(limit, "bulk", count)
            words = self.command(
                output, "bench-worker", "--concurrency", "2", "--prefetch", "254")
            worker = subprocess.Popen(words, env=stage.environment, stderr=subprocess.DEVNULL)
            try:
                wait_until(lambda: stage.done() >= count, limit=120, pause=0.05)
                worker.send_signal(signal.SIGTERM)
                worker.wait(timeout=60)
            finally:
                worker.kill()
        return read(output)


def read(path: Path) -> Count:
    """Sums up a file of callgrind's: the total, and the calls of allocators in it."""
    names: dict[str, str] = {}
    total, allocations, called = 0, 0, ""
    with path.open() as lines:
        for line in lines:
            if found := re.match(r"cfn=\((\d+)\)(?: (.*))?", line):
                number, name = found.groups()
                called = names.setdefault(number, name) if name else names.get(number, "")
            elif found := re.match(r"fn=\((\d+)\) (.*)", line):
                names.setdefault(*found.groups())
            elif called in ALLOCATORS and (found := re.match(r"calls=(\d+)", line)):
                allocations += int(found.group(1))
            elif found := re.match(r"totals: (\d+)", line):
                total = int(found.group(1))
    return Count(total, allocations)


def measure(callgrind: Callgrind, name: str) -> Count:
    count = OPERATIONS[name][1]
    run = callgrind.worker if name == "work" else lambda n: callgrind.operation(name, n)
    times = 3 if name == "run" else 1
    counts = [(run(2 * count) - run(count)) / count for _ in range(times)]
    return min(counts, key=lambda count: count.instructions)


def main() -> None:
    options = arguments()
    folder = Path(tempfile.mkdtemp(prefix="celeriac-instructions-"))
    try:
        callgrind = Callgrind(options.programs, folder)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            names = list(OPERATIONS)
            counts = dict(zip(names, pool.map(lambda name: measure(callgrind, name), names)))
    finally:
        shutil.rmtree(folder)

    known = json.loads(THRESHOLDS.read_text()) if THRESHOLDS.exists() else {}
    is_worse = False
    print(f"{'operation':<44} {'instructions':>13} {'limit':>9} {'allocations':>12} {'limit':>7}")
    for name, count in counts.items():
        tolerance = TOLERANCE_WITH_REDIS if name == "work" else TOLERANCE
        limits = {key: value * tolerance for key, value in known.get(name, {}).items()}
        cells = [f"{OPERATIONS[name][0]:<44}"]
        for key, value, widths, digits in (
            ("instructions", count.instructions, (13, 9), 0),
            ("allocations", count.allocations, (12, 7), 1),
        ):
            limit = limits.get(key)
            is_worse |= limit is not None and value > limit + 0.5
            cells.append(f"{value:{widths[0]},.{digits}f}")
            cells.append(f"{limit:{widths[1]},.{digits}f}" if limit is not None else " " * widths[1])
        print(" ".join(cells))
    if options.update:
        values = {name: vars(count) for name, count in counts.items()}
        THRESHOLDS.write_text(json.dumps(values, indent=2) + "\n")
    elif is_worse:
        raise SystemExit(
            "instructions: a cost has grown by more than a tenth; if it is worth it, note the new "
            "one with 'script/instructions --update'")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/instructions", description=__doc__)
    parser.add_argument("--update", action="store_true", help="note what is counted as allowed")
    parser.add_argument(
        "--programs", type=Path, default=HERE / ".build/release", metavar="FOLDER",
        help="where the programs are, if not in the package's own build")
    return parser.parse_args()


if __name__ == "__main__":
    main()
