"""Where a recording happens: a Redis of its own, and programs that end with the recorder."""

import atexit
import os
import pathlib
import signal
import subprocess
import sys
import time

FIXTURES = pathlib.Path(__file__).resolve().parent.parent
LOG_PATH = "/tmp/recording.log"
WAIT = 30


def folder():
    return pathlib.Path(os.environ["RECORDING_STAGE"])


def start(*command, env=None):
    """Starts a program that ends with this one."""
    with open(LOG_PATH, "a") as log:
        process = subprocess.Popen(command, env=os.environ | (env or {}), stdout=log, stderr=log)
    atexit.register(stop, process)
    return process


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(WAIT)


def until(condition, what):
    """Waits for a condition and returns its value."""
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    sys.exit(f"record: {what} did not happen within {WAIT} s, see {LOG_PATH}")


def start_redis():
    import redis

    socket = folder() / "redis.sock"
    start(
        *("redis-server", "--port", "0", "--unixsocket", str(socket)),
        *("--save", "", "--appendonly", "no", "--dir", str(folder())),
    )
    client = redis.Redis(unix_socket_path=str(socket))
    until(lambda: socket.exists() and client.ping(), "a Redis answering")
    return client


def start_worker(app, *options, **environment):
    worker = start(
        *(sys.executable, "-m", "celery", "-A", "recording_app", "worker", "-n", "w1@recorder"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "info", *options),
        env=environment,
    )
    until(lambda: app.control.ping(timeout=0.5), "a worker answering")
    return worker
