"""Calls that wait for their time: messages as Celery's client makes them, and how late they start."""

import base64
import json
import os
import random
import select
import threading
import uuid
from datetime import datetime, timezone
from pathlib import Path

from server import Server

Seconds = float
BATCH = 500


def send(server: Server, times: list[Seconds]) -> None:
    """Sends a call of `age` for each time of day, in any order."""
    times = random.sample(times, len(times))
    for start in range(0, len(times), BATCH):
        server("LPUSH", "celery", *map(_message, times[start : start + BATCH]))


class Ages:
    """Reads from the pipe how long after its time each call has run, in nanoseconds."""

    def __init__(self, pipe: Path) -> None:
        self.values: list[int] = []
        self._pipe = os.open(pipe, os.O_RDWR)
        self._end_reader, self._end = os.pipe()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> "Ages":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._end)
        self._thread.join()
        os.close(self._end_reader)
        os.close(self._pipe)

    def _read(self) -> None:
        rest = b""
        while True:
            ready, _, _ = select.select([self._pipe, self._end_reader], [], [])
            if self._pipe not in ready:
                return
            *lines, rest = (rest + os.read(self._pipe, 65536)).split(b"\n")
            self.values += map(int, lines)


def _message(due: Seconds) -> str:
    identifier = str(uuid.uuid4())
    embed = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    body = json.dumps([[round(due * 1e6) * 1000], {}, embed])
    eta = datetime.fromtimestamp(due, timezone.utc).isoformat()
    return json.dumps({
        "body": base64.b64encode(body.encode()).decode(),
        "content-encoding": "utf-8", "content-type": "application/json",
        "headers": {
            "lang": "py", "task": "celery_app.age", "id": identifier, "shadow": None, "eta": eta,
            "expires": None, "group": None, "group_index": None, "retries": 0,
            "timelimit": [None, None], "root_id": identifier, "parent_id": None,
            "argsrepr": "()", "kwargsrepr": "{}", "origin": "gen1@bench", "ignore_result": True,
            "replaced_task_nesting": 0, "stamped_headers": None, "stamps": {}},
        "properties": {
            "correlation_id": identifier, "reply_to": str(uuid.uuid4()), "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": "celery"}, "priority": 0,
            "body_encoding": "base64", "delivery_tag": str(uuid.uuid4())}})


def lateness(ages: list[int]) -> dict[str, float]:
    """The figures of all calls' ages; what is negative has started early."""
    ages = sorted(ages)
    last = len(ages) - 1

    def at(share: float) -> float:
        return ages[int(last * share)] / 1e6

    return {
        "eta_first_ms": at(0), "eta_p50_ms": at(0.5), "eta_p99_ms": at(0.99),
        "eta_p999_ms": at(0.999), "eta_worst_ms": at(1)}


def spread(count: int, first: Seconds, per_second: int) -> list[Seconds]:
    """Times of day, evenly from the first on."""
    return [first + number / per_second for number in range(count)]

