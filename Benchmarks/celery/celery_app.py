"""The benchmarks' tasks for Celery, and its client: `python celery_app.py enqueue MODE N`."""

import json
import os
import sys
import time

from celery import Celery

URL = f"redis://127.0.0.1:{os.environ.get('BENCH_PORT', '6379')}/0"
KEEPS_RESULTS = os.environ.get("BENCH_RESULTS") == "1"

app = Celery("celery_app", broker=URL, backend=URL if KEEPS_RESULTS else None)
progress = os.open(os.environ.get("BENCH_PROGRESS", "/dev/null"), os.O_WRONLY | os.O_APPEND)
stamps = os.open(os.environ.get("BENCH_FIFO", "/dev/null"), os.O_RDWR)


@app.task
def add(x, y):
    os.write(progress, b".")
    return x + y


@app.task(ignore_result=True)
def lat(sent):
    os.write(stamps, b"%d\n" % time.time_ns())


def send_many(count, producer=None):
    for _ in range(3):
        add.apply_async((2, 2), producer=producer)
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(count - 3):
        add.apply_async((2, 2), producer=producer)
    return {
        "n": count - 3,
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
    }


def time_calls(count, call):
    times = []
    for _ in range(count):
        start = time.time_ns()
        times.append((call(start) or time.time_ns()) - start)
        time.sleep(0.002)
    return {"lat_ns": times}


def enqueue(mode, count):
    # The module under its own name, so that the tasks have the names that the worker knows.
    from celery_app import add, app, lat

    if mode == "single":
        return send_many(count)
    if mode == "bulk":
        with app.producer_pool.acquire(block=True) as producer:
            return send_many(count, producer)
    if mode == "lat":
        with open(os.environ["BENCH_FIFO"], "r+b", buffering=0) as pipe:

            def start_of_task(start):
                lat.delay(start)
                return int(pipe.readline())

            return time_calls(count, start_of_task)
    if mode == "e2e":
        return time_calls(count, lambda _: add.delay(2, 2).get(timeout=30) and None)
    raise SystemExit(f"no such mode: {mode}")


if __name__ == "__main__":
    print(json.dumps(enqueue(sys.argv[2], int(sys.argv[3]))))
