"""Runs the contest and writes the table; started by `Benchmarks/run`."""

import argparse
import fcntl
import os
import re
import shlex
import sys
import time
from pathlib import Path
from typing import IO

import report
from figures import Bench
from server import Server

HERE = Path(__file__).resolve().parent.parent
LIMITS = ("limit", "limit: list per batch", "limit: short tags")

# Each group of figures, and who takes part in it besides us.
GROUPS: dict[str, tuple[str, ...]] = {
    "throughput": (*LIMITS, "celery"),
    "two_workers": ("limit", "celery"),
    "sending": ("limit", "celery"),
    "latency": ("limit", "celery"),
    "start_up": ("limit", "celery"),
    "idle": ("limit", "celery"),
    "growth": (),
    "backlog": (),
    "queues": (),
    "workers": (),
    "eta": (),
    "fairness": (),
}
# Of these, one run says enough: each is a ratio of two long measurements, or a slope.
SLOW = {"idle", "growth", "backlog", "queues", "workers", "eta"}


def main() -> None:
    options = arguments()
    scale = 0.2 if options.quick else 1
    results = report.Results()
    turn = Turn(options.lock)
    with Server() as server:
        bench = Bench(server, options.programs, options.worker, scale)
        try:
            for run in range(options.runs):
                for group, others in GROUPS.items():
                    if not re.search(options.only, group) or (run > 0 and group in SLOW):
                        continue
                    for name in ("ours", *others):
                        with turn:
                            measure(bench, group, name, results)
        finally:
            bench.stage.stop()
    print(report.table(results))
    if options.only == "" or options.out != HERE:
        report.write(results, options.out, command(), options.runs)


def measure(bench: Bench, group: str, name: str, results: report.Results) -> None:
    start = time.monotonic()
    try:
        figures = getattr(bench, group)(bench.peers[name])
    except (RuntimeError, TimeoutError) as error:
        print(f"{group} of {name}: {error}", file=sys.stderr)
        return
    results.add(name, figures)
    text = ", ".join(f"{key} {value:,.4g}" for key, value in figures.items())
    print(f"{time.monotonic() - start:5.1f} s  {group} of {name}: {text}", file=sys.stderr)


class Turn:
    """A lock that others on the machine respect, kept for some measurements and then given up."""

    LONGEST = 90  # seconds

    def __init__(self, path: str | None) -> None:
        self.path = path
        self.file: IO | None = None

    def __enter__(self) -> None:
        if self.path is None or self.file is not None:
            return
        self.file = open(self.path, "a")
        fcntl.flock(self.file, fcntl.LOCK_EX)
        self.since = time.monotonic()

    def __exit__(self, *_: object) -> None:
        if self.file is None or time.monotonic() < self.since + self.LONGEST:
            return
        self.file.close()
        self.file = None
        time.sleep(0.1)  # so that whoever waits is next


def command() -> str:
    return shlex.join(["Benchmarks/run", *sys.argv[1:]])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run",
        description="Measures Celeriac against a limit in C and against Celery, on one Redis.",
        epilog=f"Groups of figures: {', '.join(GROUPS)}.")
    parser.add_argument("--only", default="", metavar="PATTERN", help="groups to measure")
    parser.add_argument("--runs", type=int, default=5, help="how many runs; the median counts")
    parser.add_argument("--quick", action="store_true", help="a fifth of the work: a rough idea")
    parser.add_argument(
        "--worker", default="--concurrency 2", metavar="OPTIONS",
        help="options of our worker")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder of the results")
    parser.add_argument(
        "--programs", type=Path, default=HERE / ".build/release", metavar="FOLDER",
        help="where our programs are, if not in the package's own build")
    parser.add_argument("--lock", metavar="FILE", help="lock this file while measuring, 90 s at most")
    return parser.parse_args()


if __name__ == "__main__":
    os.chdir(HERE)
    main()
