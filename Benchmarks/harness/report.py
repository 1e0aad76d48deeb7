"""The targets, and the table that holds the figures against them."""

import json
import platform
import statistics
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Measured once on the machine where the targets were set, where the limit did 72,948 tasks/s:
# asynq 6,389 without results, swift-jobs 994.
ASYNQ_OF_LIMIT = 6_389 / 72_948
SWIFT_JOBS_OF_LIMIT = 994 / 72_948


class Results:
    """Every run's figures, by contestant and name."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, list[float]]] = {}

    def add(self, peer: str, figures: dict[str, float]) -> None:
        for name, value in figures.items():
            self.values.setdefault(peer, {}).setdefault(name, []).append(value)

    def median(self, peer: str, name: str) -> float | None:
        values = self.values.get(peer, {}).get(name)
        return statistics.median(values) if values else None

    def ratio(self, name: str, other: str) -> float | None:
        """Ours through the other's: run by run, so that both have had the same weather."""
        ours = self.values.get("ours", {}).get(name, [])
        others = self.values.get(other, {}).get(name, [])
        ratios = [a / b for a, b in zip(ours, others) if b]
        return statistics.median(ratios) if ratios else None


@dataclass(frozen=True)
class Row:
    """One line of the table: a figure, its target, and how it is compared."""

    title: str
    target: str
    figure: str
    compared: Callable[[Results], float | None]
    """The number that the target is about."""
    is_met: Callable[[float], bool]
    unit: str = ""
    digits: int = 0
    limit: str = "limit"
    """The contestant in the limit's column."""


def _own(name: str) -> Callable[[Results], float | None]:
    return lambda results: results.median("ours", name)


def _against(name: str, other: str, scale: float = 1) -> Callable[[Results], float | None]:
    def compared(results: Results) -> float | None:
        ratio = results.ratio(name, other)
        return None if ratio is None else ratio * scale
    return compared


def _between(name: str, base: str) -> Callable[[Results], float | None]:
    def compared(results: Results) -> float | None:
        value, other = results.median("ours", name), results.median("ours", base)
        return value / other if value and other else None
    return compared


ROWS = [
    Row("throughput, tasks/s", "≥ 55 % of the limit", "tasks_s",
        _against("tasks_s", "limit"), lambda x: x >= 0.55, "×", 2),
    Row("… against the limit with a list per batch", "–", "tasks_s",
        _against("tasks_s", "limit: list per batch"), lambda x: True, "×", 2,
        limit="limit: list per batch"),
    Row("… against the limit with short tags", "–", "tasks_s",
        _against("tasks_s", "limit: short tags"), lambda x: True, "×", 2,
        limit="limit: short tags"),
    Row("… against Celery", "≥ 80 ×", "tasks_s",
        _against("tasks_s", "celery"), lambda x: x >= 80, "×", 0),
    Row("… against asynq (derived)", "≥ 6 ×", "tasks_s",
        _against("tasks_s", "limit", 1 / ASYNQ_OF_LIMIT), lambda x: x >= 6, "×", 1),
    Row("… against swift-jobs (derived)", "≥ 40 ×", "tasks_s",
        _against("tasks_s", "limit", 1 / SWIFT_JOBS_OF_LIMIT), lambda x: x >= 40, "×", 0),
    Row("two worker processes, tasks/s", "≥ 1.4 × one", "two_tasks_s",
        _between("two_tasks_s", "tasks_s"), lambda x: x >= 1.4, "×", 2),
    Row("Redis CPU s per 10,000, two processes", "≤ 0.10", "two_redis_cpu_10k",
        _own("two_redis_cpu_10k"), lambda x: x <= 0.10, "s", 3),
    Row("worker CPU s per 10,000", "≤ 0.20", "worker_cpu_10k",
        _own("worker_cpu_10k"), lambda x: x <= 0.20, "s", 3),
    Row("Redis CPU s per 10,000", "–", "redis_cpu_10k",
        _own("redis_cpu_10k"), lambda x: True, "s", 3),
    Row("commands per task", "≤ 3.1", "commands",
        _own("commands"), lambda x: x <= 3.1, "", 2),
    Row("bytes to Redis per task", "≤ 650", "bytes_in",
        _own("bytes_in"), lambda x: x <= 650, "", 0),
    Row("send one, await it, /s", "≥ 85 % of the limit", "single_s",
        _against("single_s", "limit"), lambda x: x >= 0.85, "×", 2),
    Row("send many with one call, /s", "≥ 70 % of the limit", "bulk_s",
        _against("bulk_s", "limit"), lambda x: x >= 0.70, "×", 2),
    Row("1,000 concurrent delay(), /s", "–", "concurrent_s",
        _own("concurrent_s"), lambda x: True, "/s", 0),
    Row("send → task runs, p50 ms", "≤ 2 × the limit", "start_p50_ms",
        _against("start_p50_ms", "limit"), lambda x: x <= 2, "×", 2),
    Row("send → task runs, p99 ms", "≤ 1.5 × the limit", "start_p99_ms",
        _against("start_p99_ms", "limit"), lambda x: x <= 1.5, "×", 2),
    Row("send → result in hand, p50 ms", "≤ 0.4 ms", "result_p50_ms",
        _own("result_p50_ms"), lambda x: x <= 0.4, "ms", 2),
    Row("process start → first task, ms", "≤ 30 ms", "start_up_ms",
        _own("start_up_ms"), lambda x: x <= 30, "ms", 1),
    Row("idle worker, MB", "≤ 15", "idle_mb", _own("idle_mb"), lambda x: x <= 15, "MB", 1),
    Row("idle worker, commands/s", "≤ 1", "idle_commands_s",
        _own("idle_commands_s"), lambda x: x <= 1, "/s", 2),
    Row("idle worker, CPU %", "0", "idle_cpu_percent",
        _own("idle_cpu_percent"), lambda x: x < 0.15, "%", 2),
    Row("worker under load, MB", "≤ 40", "loaded_mb",
        _own("loaded_mb"), lambda x: x <= 40, "MB", 1),
    Row("growth with each 1,000,000 tasks, MB", "none", "growth_mb_per_million",
        _own("growth_mb_per_million"), lambda x: x < 1, "MB", 2),
    Row("Redis CPU per task, backlog 1 M : 1 k", "flat", "backlog_redis",
        _own("backlog_redis"), lambda x: x <= 1.2, "×", 2),
    Row("worker CPU per task, backlog 1 M : 1 k", "flat", "backlog_worker",
        _own("backlog_worker"), lambda x: x <= 1.2, "×", 2),
    Row("Redis CPU per task, 50 queues : 1", "flat", "queues_redis",
        _own("queues_redis"), lambda x: x <= 1.2, "×", 2),
    Row("commands per task, 50 queues : 1", "flat", "queues_commands",
        _own("queues_commands"), lambda x: x <= 1.2, "×", 2),
    Row("commands per call, 100 idle workers : 1", "one wake-up", "crowd100_commands",
        _between("crowd100_commands", "crowd1_commands"), lambda x: x <= 1.2, "×", 2),
    Row("send → task runs, 100 idle workers : 1", "flat", "crowd100_p50_ms",
        _between("crowd100_p50_ms", "crowd1_p50_ms"), lambda x: x <= 1.5, "×", 2),
    Row("1,000,000 calls with a time of their own: late by, p50 ms", "–", "eta_p50_ms",
        _own("eta_p50_ms"), lambda x: True, "ms", 1),
    Row("… p99.9 ms", "–", "eta_p999_ms", _own("eta_p999_ms"), lambda x: True, "ms", 1),
    Row("… the last of all, ms", "≤ 100", "eta_worst_ms",
        _own("eta_worst_ms"), lambda x: x <= 100, "ms", 1),
    Row("… the first of all, ms: none early", "≥ 0", "eta_first_ms",
        _own("eta_first_ms"), lambda x: x >= 0, "ms", 1),
    Row("… more memory for the worker, MB", "≤ 4", "eta_mb",
        _own("eta_mb"), lambda x: x <= 4, "MB", 1),
    Row("short tasks behind 8 × 1 s of CPU, p99 ms", "–", "fair_p99_ms",
        _own("fair_p99_ms"), lambda x: True, "ms", 0),
]


def table(results: Results) -> str:
    """The rows that have figures, as Markdown."""
    lines = ["| figure | target | ours | limit | Celery | compared | |",
             "|---|---|--:|--:|--:|--:|---|"]
    for row in ROWS:
        if (value := row.compared(results)) is None:
            continue
        cells = [row.title, row.target] + [
            _number(results.median(peer, row.figure)) for peer in ("ours", row.limit, "celery")]
        cells.append(f"{value:,.{row.digits}f} {row.unit}".strip())
        cells.append("" if row.target == "–" else "yes" if row.is_met(value) else "**no**")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write(results: Results, folder: Path, command: str, runs: int) -> None:
    """Writes RESULTS.md and results.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "RESULTS.md").write_text(
        f"# Results\n\nMade by `{command}`: the median of {runs} runs, in which the contestants "
        f"take turns; ratios are made within a run.\n{_machine()}\n\n{table(results)}\n\n"
        "The limit is the C program `bench-limit` with kombu's `unacked` bookkeeping, the target "
        "figures are those of `docs/performance.md`, and Celery runs with its defaults. "
        "*Derived*: the program is not run here; what it reached of the limit on another day is "
        "held against what this run reached.\n")
    (folder / "results.json").write_text(json.dumps(results.values, indent=1) + "\n")


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"


def _machine() -> str:
    cpu = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
           if line.startswith("model name")]
    redis = subprocess.run(["redis-server", "--version"], capture_output=True, text=True).stdout
    return (f"{len(cpu)} × {cpu[0] if cpu else platform.machine()}, Linux {platform.release()}, "
            f"Redis {redis.split('v=')[1].split()[0]}.")
