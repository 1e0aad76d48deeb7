"""What is measured, one function a group of figures; each returns figures by name for one run."""

import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import scheduled
from programs import Peer, Stage, cpu_seconds, peers, resident_megabytes, wait_until
from server import Server

Figures = dict[str, float]


class Bench:
    """One contest: a server, a stage, and the contestants."""

    def __init__(self, server: Server, build: Path, worker_options: str, scale: float) -> None:
        self.server = server
        self.stage = Stage(server.port)
        self.peers = peers(build, worker_options)
        self.scale = scale

    # Throughput

    def throughput(self, peer: Peer) -> Figures:
        """A backlog worked off by one process; counted from a twentieth of it to its end."""
        return self._work_off(peer, workers=1)

    def two_workers(self, peer: Peer) -> Figures:
        """The same with two processes."""
        figures = self._work_off(peer, workers=2)
        return {f"two_{name}": figures[name] for name in ("tasks_s", "redis_cpu_10k")}

    def _work_off(self, peer: Peer, workers: int, options: str = "") -> Figures:
        total = int(peer.tasks * self.scale)
        self._fill(total)
        with self._workers(peer.worker + options, workers) as sessions:
            wait_until(lambda: self.stage.done() >= total / 20)
            start, done = time.perf_counter(), self.stage.done()
            cpu, server = cpu_seconds(sessions), self.server.state()
            loaded = 0.0
            while self.stage.done() < total:
                time.sleep(0.002)
                if time.perf_counter() > start + 90:
                    raise TimeoutError(f"{peer.name}: {self.stage.done()} of {total}")
            count, seconds = total - done, time.perf_counter() - start
            loaded = resident_megabytes(sessions)
            cpu = cpu_seconds(sessions) - cpu
            time.sleep(0.2)  # what is still on its way to the server counts as well
            return {
                "tasks_s": count / seconds, "worker_cpu_10k": cpu / count * 1e4,
                "loaded_mb": loaded, **self.server.state().per(count, server)}

    # Sending

    def sending(self, peer: Peer) -> Figures:
        """One client process that sends, one call after the other and many together."""
        figures = {}
        for mode in ("single", "bulk", "concurrent"):
            if mode in peer.modes:
                self._clear()
                sent = self.stage.client(peer, mode, int(peer.calls * self.scale))
                figures[f"{mode}_s"] = sent["n"] / sent["seconds"]
                figures[f"{mode}_cpu_10k"] = sent["cpu"] / sent["n"] * 1e4
        return figures

    # Latency, and a worker that has nothing to do

    def latency(self, peer: Peer) -> Figures:
        """Single calls to one idle worker, 2 ms apart."""
        count = max(int(500 * self.scale), 100)
        figures = {}
        with self._idle_worker(peer):
            for mode, name in (("lat", "start"), ("e2e", "result")):
                times = sorted(self.stage.client(peer, mode, count)["lat_ns"])
                figures[f"{name}_p50_ms"] = times[count // 2] / 1e6
                figures[f"{name}_p99_ms"] = times[count * 99 // 100] / 1e6
        return figures

    def idle(self, peer: Peer) -> Figures:
        """Ten seconds of a worker that has run one task and waits."""
        with self._idle_worker(peer) as sessions:
            time.sleep(2)
            start, cpu, server = time.perf_counter(), cpu_seconds(sessions), self.server.state()
            time.sleep(10 * self.scale)
            seconds = time.perf_counter() - start
            asked = self.server.state().commands - server.commands - 1  # INFO is one
            return {
                "idle_mb": resident_megabytes(sessions), "idle_commands_s": asked / seconds,
                "idle_cpu_percent": (cpu_seconds(sessions) - cpu) / seconds * 100}

    def start_up(self, peer: Peer) -> Figures:
        """From the start of the process to the first task of a waiting one."""
        self._fill(1)
        start = time.perf_counter()
        with self._workers(peer.idle_worker, 1):
            wait_until(lambda: self.stage.done() == 1, pause=0.0003)
            return {"start_up_ms": (time.perf_counter() - start) * 1e3}

    # What must not grow

    def growth(self, peer: Peer) -> Figures:
        """What a worker that has run a million tasks gains in memory over two million more."""
        portion = int(100_000 * self.scale)
        self._clear()
        memory = []
        with self._workers(peer.worker, 1) as sessions:
            for turn in range(1, 31):
                self._send(portion)
                wait_until(lambda: self.stage.done() >= turn * portion)
                memory.append(resident_megabytes(sessions))
        return {"growth_mb_per_million": _slope(memory[10:]) * 1e6 / portion}

    def backlog(self, peer: Peer) -> Figures:
        """The cost of a task in front of a thousand others, and of a million."""
        portion = int(20_000 * self.scale)
        costs = {}
        self._clear()
        with self._workers(peer.worker, 1) as sessions:
            costs["1k"] = self._cost(sessions, portion, self._in_thousands(portion))
        self._fill(int(1_000_000 * self.scale))
        with self._workers(peer.worker, 1) as sessions:
            wait_until(lambda: self.stage.done() > portion)
            costs["1m"] = self._cost(
                sessions, portion, lambda end: wait_until(lambda: self.stage.done() >= end))
        return {
            "backlog_redis": costs["1m"]["redis_cpu_10k"] / costs["1k"]["redis_cpu_10k"],
            "backlog_worker": costs["1m"]["worker_cpu_10k"] / costs["1k"]["worker_cpu_10k"]}

    def _in_thousands(self, count: int) -> Callable[[int], None]:
        def send(end: int) -> None:
            while self.stage.done() < end:
                self._send(1000)
                wait_until(lambda: self.server("LLEN", "celery") == 0, pause=0)
                wait_until(lambda: self.stage.done() % 1000 == 0)
        return send

    def _cost(self, sessions: list[int], count: int, work: Callable[[int], None]) -> Figures:
        start, cpu, server = self.stage.done(), cpu_seconds(sessions), self.server.state()
        work(start + count)
        done = self.stage.done() - start
        cpu = cpu_seconds(sessions) - cpu
        return {"worker_cpu_10k": cpu / done * 1e4, **self.server.state().per(done, server)}

    def queues(self, peer: Peer) -> Figures:
        """The cost of a task for a worker that takes from fifty queues, against one that has one."""
        one = self._work_off(peer, workers=1)
        names = ",".join(["celery"] + [f"queue{number}" for number in range(2, 51)])
        fifty = self._work_off(peer, workers=1, options=f" --queues {names}")
        return {
            "queues_tasks": fifty["tasks_s"] / one["tasks_s"],
            "queues_redis": fifty["redis_cpu_10k"] / one["redis_cpu_10k"],
            "queues_commands": fifty["commands"] / one["commands"]}

    def workers(self, peer: Peer) -> Figures:
        """What one call costs with a hundred idle workers around it, against one."""
        count = max(int(300 * self.scale), 50)
        figures = {}
        for crowd in (1, 100):
            self._clear()
            with self._workers(peer.worker, crowd):
                self._settle_down(crowd)
                start, server = time.perf_counter(), self.server.state()
                time.sleep(4)
                idle = self.server.state()
                rate = (idle.commands - server.commands) / (time.perf_counter() - start)
                start = time.perf_counter()
                times = sorted(self.stage.client(peer, "lat", count)["lat_ns"])
                asked = self.server.state().commands - idle.commands
                asked -= rate * (time.perf_counter() - start)
                figures[f"crowd{crowd}_commands"] = asked / count
                figures[f"crowd{crowd}_p50_ms"] = times[count // 2] / 1e6
        return figures

    def _settle_down(self, crowd: int) -> None:
        # All are connected, and none has had a task: their number shows in the clients' list.
        wait_until(
            lambda: self.server("CLIENT", "LIST").decode().count("cmd=blmove") >= crowd,
            limit=60, pause=0.2)
        time.sleep(2)

    def eta(self, peer: Peer) -> Figures:
        """A million calls that wait for their time, 4,000 of them due in each second."""
        count, rate = int(1_000_000 * self.scale), 4000
        self._clear()
        with self._workers(peer.worker, 1) as sessions, scheduled.Ages(self.stage.pipe) as ages:
            scheduled.send(self.server, scheduled.spread(2000, time.time(), rate))
            wait_until(lambda: len(ages.values) == 2000)
            ages.values.clear()
            memory = [resident_megabytes(sessions)]
            # As long as it takes to send them, and half as long again.
            first = time.time() + 20 + count / 8000
            scheduled.send(self.server, scheduled.spread(count, first, rate))
            wait_until(lambda: self.server("LLEN", "celery") == 0, limit=120)
            if time.time() > first:
                raise TimeoutError("the first calls were due before all had been sent")
            end = first + count / rate + 10
            while len(ages.values) < count and time.time() < end:
                memory.append(resident_megabytes(sessions))
                time.sleep(1)
            time.sleep(1)  # for those that might run twice
            if len(ages.values) != count:
                raise RuntimeError(f"{count} calls have run {len(ages.values)} times")
            return scheduled.lateness(ages.values) | {"eta_mb": max(memory) - memory[0]}

    def fairness(self, peer: Peer) -> Figures:
        """A thousand short tasks sent behind eight that compute for a second each."""
        self._clear()
        with self._workers(peer.worker + " --concurrency 16", 1):
            count = int(1000 * self.scale)
            times = sorted(self.stage.client(peer, "fair", count)["lat_ns"])
            return {
                "fair_p50_ms": times[count // 2] / 1e6,
                "fair_p99_ms": times[count * 99 // 100] / 1e6}

    # The stage

    def _clear(self) -> None:
        self.server("FLUSHALL")
        self.stage.clear()

    def _fill(self, count: int) -> None:
        self._clear()
        self._send(count)

    def _send(self, count: int) -> None:
        # All contestants work off the same messages, in the form of Celery's own client.
        self.stage.client(self.peers["limit"], "bulk", count)

    @contextmanager
    def _workers(self, command: str, count: int):
        try:
            yield [self.stage.start(command).pid for _ in range(count)]
        finally:
            self.stage.stop()

    @contextmanager
    def _idle_worker(self, peer: Peer):
        self._fill(1)
        with self._workers(peer.idle_worker, 1) as sessions:
            wait_until(lambda: self.stage.done() == 1)
            time.sleep(1)
            yield sessions


def _slope(values: list[float]) -> float:
    """The rise per step of the line through the values that fits them best."""
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    rise = sum((index - middle) * (value - mean) for index, value in enumerate(values))
    return rise / sum((index - middle) ** 2 for index in range(len(values)))
