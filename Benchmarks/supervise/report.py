"""The targets, and the tables that hold the figures against them."""

import json
import platform
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


class Results:
    """Every run's figures, by contestant and name."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, list[float]]] = {}

    def add(self, peer: str, found: dict[str, float]) -> None:
        for name, value in found.items():
            self.values.setdefault(peer, {}).setdefault(name, []).append(value)

    def load(self, folder: Path) -> None:
        file = folder / "results.json"
        self.values = json.loads(file.read_text()) if file.exists() else {}

    def median(self, peer: str, name: str) -> float | None:
        values = self.values.get(peer, {}).get(name)
        return statistics.median(values) if values else None

    def ratio_to_limit(self, name: str) -> float | None:
        """Run by run, so that both have had the same weather."""
        pairs = zip(self.values.get("supervise", {}).get(name, []),
                    self.values.get("limit", {}).get(name, []))
        ratios = [ours / limit for ours, limit in pairs if limit]
        return statistics.median(ratios) if ratios else None


@dataclass(frozen=True)
class Row:
    """One line of the table: a figure, and what it may be."""

    title: str
    figure: str
    target: str
    is_met: Callable[[float], bool]
    to_limit: bool = False
    """Whether the target is about the ratio to the limit."""


ROWS = [
    Row("lines/s, one write each", "lines_s", "≥ 0.6 × limit", lambda x: x >= 0.6, True),
    Row("CPU s per million lines", "cpu_million", "≤ 0.6", lambda x: x <= 0.6),
    Row("broken, lost or reordered", "wrong", "0", lambda x: x == 0),
    Row("lines/s, writes of 64 KiB", "block_lines_s", "≥ 0.6 × limit", lambda x: x >= 0.6, True),
    Row("CPU s per million lines, 64 KiB", "block_cpu_million", "≤ 0.6", lambda x: x <= 0.6),
    Row("broken, lost or reordered, 64 KiB", "block_wrong", "0", lambda x: x == 0),
    Row("reader stalls: more memory, MB", "stalled_mb", "≤ 4", lambda x: x <= 4.1),
    Row("reader stalls: stop, s", "stalled_stop_s", "≤ 1", lambda x: x <= 1),
    Row("rename → new process, p50 ms", "reload_p50_ms", "≤ 10", lambda x: x <= 10),
    Row("rename → new process, max ms", "reload_max_ms", "≤ 30", lambda x: x <= 30),
    Row("needless restarts of 12", "reload_needless", "0", lambda x: x == 0),
    Row("kill -9 → replacement, p50 ms", "killed_p50_ms", "≤ 5", lambda x: x <= 5),
    Row("stop of four idle, ms", "stop_ms", "≤ 20", lambda x: x <= 20),
    Row("100 children up, ms", "hundred_ms", "≤ 150", lambda x: x <= 150),
    Row("100 children, MB", "hundred_mb", "≤ 12", lambda x: x <= 12),
    Row("idle, system calls/s", "idle_calls_s", "0", lambda x: x == 0),
    Row("idle, MB", "idle_mb", "≤ 12", lambda x: x <= 12),
]


def table(results: Results) -> str:
    """The rows that have figures, as Markdown."""
    others = [name for name in results.values if name not in ("supervise", "limit")]
    heads = ["figure", "target", "supervise", "", "limit", *others]
    lines = ["| " + " | ".join(heads) + " |", "|---|---|--:|---|" + "--:|" * (len(others) + 1)]
    for row in ROWS:
        ours = results.median("supervise", row.figure)
        judged = results.ratio_to_limit(row.figure) if row.to_limit else ours
        if all(results.median(peer, row.figure) is None for peer in results.values):
            continue
        verdict = "" if judged is None else "yes" if row.is_met(judged) else "**no**"
        if row.to_limit and judged is not None:
            verdict = f"{judged:.2f} ×, {verdict}"
        cells = [row.title, row.target, _number(ours), verdict]
        cells += [_number(results.median(peer, row.figure)) for peer in ["limit", *others]]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write(results: Results, folder: Path) -> None:
    """Writes RESULTS.md and results.json."""
    runs = max(len(values) for found in results.values.values() for values in found.values())
    (folder / "RESULTS.md").write_text(
        f"# Results\n\nMade by `Benchmarks/run-supervise`: the median of up to {runs} runs, in "
        "which the contestants take turns; what lasts long is measured once. Ratios are made "
        "within a run.\n"
        f"{_machine()}\n\n{table(results)}\n\n"
        "The limit is `programs/limit.c`: a loop in C that knows no options. honcho and foreman "
        "start nothing again, watchfiles, watchmedo and entr only reload; circus, supervisord "
        "and runit put no names before lines.\n")
    (folder / "results.json").write_text(json.dumps(results.values, indent=1) + "\n")


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    if value == float("inf"):
        return "never"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}"


def _machine() -> str:
    cpu = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
           if line.startswith("model name")]
    return f"{len(cpu)} × {cpu[0] if cpu else platform.machine()}, Linux {platform.release()}."
