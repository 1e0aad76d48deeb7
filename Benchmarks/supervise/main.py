"""Runs the contest and writes the table; started by `Benchmarks/run-supervise`."""

import argparse
import fcntl
import re
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import figures
import report
from peers import BUILT, HERE, Peer, peers

# Those that put a name before each line; with the others it is another task.
NAMING = {"supervise", "limit", "honcho", "foreman"}
# Each group of figures, and who can take part in it.
GROUPS = {
    "lines": lambda peer: peer.name in NAMING,
    "blocks": lambda peer: peer.name in NAMING,
    "stalled": lambda peer: peer.start and peer.name != "runit",
    "reload": lambda peer: peer.reload,
    "killed": lambda peer: peer.start and peer.restarts,
    "stop": lambda peer: peer.start,
    "hundred": lambda peer: peer.start,
    "idle": lambda peer: peer.start,
}
# Of these, one run says enough: they last long and vary little.
ONCE = {"stalled", "reload", "idle"}


def main() -> None:
    options = arguments()
    contestants = [peer for peer in peers(options.program).values()
                   if peer.is_there() and re.search(options.peers, peer.name)]
    results = report.Results()
    if options.add:
        results.load(HERE)
    for run in range(options.runs):
        for group, takes_part in GROUPS.items():
            if not re.search(options.only, group) or (run > 0 and group in ONCE):
                continue
            for peer in filter(takes_part, contestants):
                with ExitStack() as locks:
                    for path in options.lock:
                        fcntl.flock(locks.enter_context(open(path, "a")), fcntl.LOCK_EX)
                    measure(group, peer, results)
    print(report.table(results))
    if options.add or not (options.only or options.peers):
        report.write(results, HERE)


def measure(group: str, peer: Peer, results: report.Results) -> None:
    start = time.monotonic()
    try:
        found = getattr(figures, group)(peer)
    except TimeoutError as error:
        print(f"{group} of {peer.name}: {error}", file=sys.stderr)
        return
    results.add(peer.name, found)
    text = ", ".join(f"{name} {value:,.4g}" for name, value in found.items())
    print(f"{time.monotonic() - start:5.1f} s  {group} of {peer.name}: {text}", file=sys.stderr)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run-supervise",
        description="Measures supervise against a limit in C and against its peers.",
        epilog=f"Groups of figures: {', '.join(GROUPS)}.")
    parser.add_argument("--only", default="", metavar="PATTERN", help="groups to measure")
    parser.add_argument("--peers", default="", metavar="PATTERN", help="who takes part")
    parser.add_argument("--runs", type=int, default=5, help="how many runs; the median counts")
    parser.add_argument(
        "--program", type=Path, default=BUILT / "swift/release/supervise",
        metavar="FILE", help="the supervise to measure, if not the one built here")
    parser.add_argument("--add", action="store_true",
                        help="add to the results there are, to measure in stretches")
    parser.add_argument("--lock", metavar="FILE", action="append", default=[],
                        help="lock this file for each measurement; may be repeated")
    return parser.parse_args()


if __name__ == "__main__":
    main()
