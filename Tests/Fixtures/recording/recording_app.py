"""The Celery application that the golden files are recorded from.

The recorder imports it as the client, and `python -m celery -A recording_app worker` or `beat` serve
it. Settings that differ between recordings come from the environment:

    RECORDING_BROKER     redis+socket:///….sock
    RECORDING_EXTENDED   set: results carry name, args, worker and queue (`result_extended`)
"""

import os
import time

import values
from celery import Celery

BROKER = os.environ["RECORDING_BROKER"]
# Nobody consumes this queue: what a worker or beat sends to it stays as it was sent.
PARKED = "parked"

app = Celery("recording", broker=BROKER, backend=BROKER)
app.conf.update(
    result_extended="RECORDING_EXTENDED" in os.environ,
    beat_schedule={
        "known": {
            "task": "fixtures.add",
            "schedule": 1.0,
            "args": (2, 2),
            "options": {"queue": PARKED, "expires": 10},
        },
        "by-name": {
            "task": "elsewhere.tidy",
            "schedule": 1.0,
            "kwargs": {"days": 30},
            "options": {"queue": PARKED},
        },
    },
)


class PaymentError(Exception):
    """An exception of the application's own, with two arguments."""


@app.task(name="fixtures.add")
def add(x, y):
    return x + y


@app.task(name="fixtures.echo")
def echo(value):
    return value


@app.task(name="fixtures.total")
def total(numbers):
    return sum(numbers)


@app.task(name="fixtures.give")
def give(name):
    return values.value(name)


@app.task(name="fixtures.fail")
def fail(kind, *arguments):
    raise {"ValueError": ValueError, "KeyError": KeyError, "PaymentError": PaymentError}[kind](
        *arguments
    )


@app.task(name="fixtures.fail_with_object")
def fail_with_object():
    raise ValueError("not serializable", {1, 2})


@app.task(name="fixtures.retry", bind=True, max_retries=3)
def retry(self, cause=None, queue=PARKED):
    raise self.retry(
        exc=ValueError(cause) if cause else None, countdown=3600, queue=queue, throw=False
    )


@app.task(name="fixtures.exhaust", bind=True, max_retries=0)
def exhaust(self, cause=None):
    raise self.retry(exc=ValueError(cause) if cause else None)


@app.task(name="fixtures.parent", bind=True)
def parent(self):
    add.apply_async((1, 1), queue=PARKED)
    echo.apply_async(("child",), queue=PARKED)
    return "sent two"


@app.task(name="fixtures.slow", bind=True, acks_late=True, track_started=True)
def slow(self, seconds):
    time.sleep(seconds)
    return "slept"


@app.task(name="fixtures.progress", bind=True)
def progress(self, seconds):
    self.update_state(state="PROGRESS", meta={"done": 3, "of": 10})
    time.sleep(seconds)
