"""The Celery application on the Python side of the interop tests.

    CELERIAC_TEST_BROKER    broker and result backend, redis://… or redis+socket://…
    CELERIAC_TEST_QUEUE     the queue of these tasks, default `celery`
    CELERIAC_TEST_SETTINGS  more settings of Celery, as a JSON object: {"result_extended": true}

A worker is started by interop_worker.sh and prints `interop worker ready` once it consumes. The
client is interop_client.py.
"""

import json
import os
import sys
import time
from datetime import datetime, timezone

from celery import Celery
from celery.signals import worker_ready

BROKER = os.environ["CELERIAC_TEST_BROKER"]

app = Celery("interop", broker=BROKER, backend=BROKER)
app.conf.task_default_queue = os.environ.get("CELERIAC_TEST_QUEUE", "celery")
app.conf.update(json.loads(os.environ.get("CELERIAC_TEST_SETTINGS", "{}")))


@worker_ready.connect
def say_ready(**_):
    # Celery has put its log in the place of sys.stdout.
    print("interop worker ready", file=sys.__stdout__, flush=True)


class CustomError(Exception):
    """An exception that only this module knows."""


ERRORS = {error.__name__: error for error in (ValueError, KeyError, TimeoutError, CustomError)}


@app.task(name="interop.add")
def add(x, y):
    return x + y


@app.task(name="interop.echo")
def echo(value):
    return value


@app.task(name="interop.type_of")
def type_of(value):
    """How an argument arrived: its class by name, and what Python would write for it."""
    return {"type": type(value).__name__, "repr": repr(value)}


@app.task(name="interop.kwargs_only")
def kwargs_only(*, a, b=2):
    return [a, b]


@app.task(name="interop.fail")
def fail(kind, message):
    raise ERRORS[kind](message)


@app.task(name="interop.custom_fail")
def custom_fail():
    raise CustomError("custom", 402, {"reason": "ünïcode"})


@app.task(name="interop.retry_then_succeed", bind=True, max_retries=10)
def retry_then_succeed(self, failures):
    """Fails and is retried at once as often as asked; returns how often it was retried."""
    if self.request.retries < failures:
        raise self.retry(exc=ValueError(f"failure {self.request.retries + 1}"), countdown=0)
    return self.request.retries


@app.task(name="interop.ignored", ignore_result=True)
def ignored():
    return "nobody sees this"


@app.task(name="interop.slow", track_started=True)
def slow(seconds):
    time.sleep(seconds)
    return seconds


@app.task(name="fixture.slow")
def fixture_slow(seconds):
    """The Python side of a task that the Swift fixture has too; the result says who ran it."""
    return -seconds


@app.task(name="interop.now_eta", bind=True)
def now_eta(self):
    """When it ran and when it was to run, for tests of countdown and ETA."""
    return {"now": datetime.now(timezone.utc), "eta": self.request.eta}


@app.task(name="interop.request", bind=True)
def request(self):
    """What the message said about the call, as Celery hands it to a task."""
    names = (
        "id root_id parent_id group group_index retries eta expires timelimit ignore_result"
        " headers correlation_id reply_to origin shadow argsrepr kwargsrepr lang delivery_info"
    ).split()
    return {name: self.request.get(name) for name in names}


@app.task(name="interop.record", bind=True)
def record(self, key, value):
    """Appends to a list in Redis: what ran, how often and in which order, without any result."""
    self.backend.client.rpush(key, json.dumps(value))


@app.task(name="recorded.run", bind=True)
def recorded_run(self, milliseconds):
    """The Python side of a task that the Swift fixture has too: writes its start and its end."""
    note_run("S", self.request)
    time.sleep(milliseconds / 1000)
    note_run("E", self.request)
    return milliseconds


def note_run(kind, request):
    """Appends a line to the file that RUN_LOG names, as Tests/CLIFixture/RecordedTasks.swift does."""
    file = os.open(os.environ["RUN_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    moment = time.time_ns() // 1000
    os.write(file, f"{kind} {request.id} {request.retries + 1} {os.getpid()} {moment}\n".encode())
    os.close(file)
