"""A Celery client that a test drives: one JSON object a line in, one out, in order.

    python interop_client.py                reads requests until `close` or the end of the input
    python interop_client.py --self-check   starts a Redis and a Celery worker, and drives itself

It greets with `{"ok": {"ready": true}}`. Only replies go to standard output; logs go to standard error.

Requests

    {"op": "call",   "task": "interop.add", "args": [2, 2], "kwargs": {}, "options": {}, "timeout": 10}
    {"op": "send",   …as call, without waiting}      → {"ok": {"id": "…"}}
    {"op": "get",    "id": "…", "timeout": 10}       → as call
    {"op": "state",  "id": "…"}                      → {"ok": {"state": "SUCCESS"}}
    {"op": "meta",   "id": "…"}                      → {"ok": {…}}, the stored text as JSON, or null
    {"op": "forget", "id": "…"}                      → {"ok": {}}
    {"op": "revoke", "id": "…"}                      → {"ok": {}}, sent to all workers
    {"op": "close"}                                  → {"ok": {}}, and the program ends

`options` are those of `apply_async`: countdown, eta, expires, priority, queue, ignore_result, headers,
task_id, time_limit, soft_time_limit, retry, serializer, compression, … A task is always sent by its
name; the client needs to know nothing of it.

Values

Wherever a value stands, also inside others, `{"py": "<expression>"}` stands for what Python makes of the
expression. datetime, date, time, timedelta, timezone, utc, Decimal, UUID, nan, inf, and `this(name,
*args)`, a signature, are in scope:

    {"op": "call", "task": "swift.echo", "args": [{"py": "datetime(2026, 1, 2, tzinfo=utc)"}]}

With `"expect_py": "<expression>"` (or `"expect": <value>`) a reply says whether the result is of the same
types and values, NaN and -0.0 included: `"matches": true`.

Replies

    {"ok": {"id": "…", "value": 4, "type": "int", "repr": "4"}}
    {"error": {"id": "…", "type": "ValueError", "module": "builtins", "args": ["boom"],
               "repr": "ValueError('boom')", "traceback": "…"}}

`value` is null if the value is not plain JSON (`"plain": false` then stands beside it); go by `repr`
or `expect_py`. Integers beyond 64 bits count as not plain. A wait in vain is an error of type
`TimeoutError` in `celery.exceptions`; a request that cannot be understood has the module `interop_client`.
"""

import contextlib
import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time as clock
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

NAMES = {
    "datetime": datetime,
    "date": date,
    "time": time,
    "timedelta": timedelta,
    "timezone": timezone,
    "utc": timezone.utc,
    "Decimal": Decimal,
    "UUID": UUID,
    "nan": math.nan,
    "inf": math.inf,
    "this": lambda name, *args, **kwargs: app.signature(name, args=args, kwargs=kwargs),
}


def evaluated(value):
    """A value of a request, its expressions replaced by what they make."""
    if isinstance(value, dict):
        if set(value) == {"py"}:
            return eval(value["py"], dict(NAMES))
        return {key: evaluated(item) for key, item in value.items()}
    if isinstance(value, list):
        return [evaluated(item) for item in value]
    return value


def same(one, other):
    """Equality that also tells 1 from True and 1.0, 0.0 from -0.0, and finds NaN equal to itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return repr(one) == repr(other)
    if isinstance(one, (datetime, time)):
        return one == other and one.utcoffset() == other.utcoffset()
    if isinstance(one, Decimal):
        return one.as_tuple() == other.as_tuple()
    return one == other


def is_plain(value):
    """Whether any JSON reader takes the value for what it is."""
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, list):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(is_plain(key) and is_plain(item) for key, item in value.items())
    return False


# One function a request.


def send(request):
    return app.send_task(
        request["task"],
        evaluated(request.get("args", [])),
        evaluated(request.get("kwargs", {})),
        **evaluated(request.get("options", {})),
    )


def waited(request, result):
    try:
        value = result.get(timeout=request.get("timeout", 10))
    except Exception as error:
        arguments = [item if is_plain(item) else repr(item) for item in error.args]
        return {
            "error": {
                "id": result.id,
                "type": type(error).__name__,
                "module": type(error).__module__,
                "args": arguments,
                "repr": repr(error),
                "traceback": result.traceback,
            }
        }
    plain = is_plain(value)
    reply = {"id": result.id, "value": value if plain else None}
    reply |= {"type": type(value).__name__, "repr": repr(value)}
    if not plain:
        reply["plain"] = False
    if "expect_py" in request:
        reply["matches"] = same(value, evaluated({"py": request["expect_py"]}))
    elif "expect" in request:
        reply["matches"] = same(value, evaluated(request["expect"]))
    return {"ok": reply}


def result_of(request):
    return app.AsyncResult(request["id"])


def meta(request):
    stored = app.backend.client.get(f"celery-task-meta-{request['id']}")
    return {"ok": stored and json.loads(stored)}


def forget(request):
    result_of(request).forget()
    return {"ok": {}}


def revoke(request):
    app.control.revoke(request["id"])
    return {"ok": {}}


OPERATIONS = {
    "call": lambda request: waited(request, send(request)),
    "send": lambda request: {"ok": {"id": send(request).id}},
    "get": lambda request: waited(request, result_of(request)),
    "state": lambda request: {"ok": {"state": result_of(request).state}},
    "meta": meta,
    "forget": forget,
    "revoke": revoke,
    "close": lambda request: {"ok": {}},
}


def serve(lines, output):
    """Answers requests until one closes."""

    def reply(message):
        output.write(json.dumps(message) + "\n")
        output.flush()

    reply({"ok": {"ready": True}})
    for line in lines:
        try:
            request = json.loads(line)
            reply(OPERATIONS[request["op"]](request))
        except Exception as error:
            # The driver outlives a bad request, so that a test reads what was wrong with it.
            module = {"id": None, "module": "interop_client", "args": [repr(error)]}
            reply({"error": module | {"type": type(error).__name__, "repr": repr(error)}})
            continue
        if request["op"] == "close":
            break


# The self-check: this program against a real worker.


@contextlib.contextmanager
def running(*command, ready=None, **options):
    """A program for as long as the block lasts, from when it has printed a line."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=sys.stderr, text=True, **options
    )
    try:
        while ready and ready not in (line := process.stdout.readline()):
            if not line:
                raise SystemExit(f"{command[0]} ended before it said {ready!r}")
        yield process
    finally:
        process.terminate()
        # Reads the rest, or a full pipe would keep it from ending.
        process.communicate(timeout=30)


CHECKS = [
    # A request, and what its reply must have in it.
    ({"task": "interop.add", "args": [2, 2]}, {"value": 4, "type": "int"}),
    ({"task": "interop.kwargs_only", "kwargs": {"a": 1}}, {"value": [1, 2]}),
    ({"task": "interop.type_of", "args": [{"py": "Decimal('1.50')"}]},
     {"value": {"type": "Decimal", "repr": "Decimal('1.50')"}}),
    ({"task": "interop.fail", "args": ["ValueError", "boom"]},
     {"type": "ValueError", "module": "builtins", "args": ["boom"]}),
    ({"task": "interop.fail", "args": ["KeyError", "lost"]}, {"type": "KeyError"}),
    ({"task": "interop.custom_fail"},
     {"type": "CustomError", "args": ["custom", 402, {"reason": "ünïcode"}]}),
    ({"task": "interop.unknown"}, {"type": "NotRegistered", "module": "celery.exceptions"}),
    ({"task": "interop.retry_then_succeed", "args": [2]}, {"value": 2}),
    ({"task": "interop.ignored", "timeout": 0.3}, {"type": "TimeoutError"}),
    ({"task": "interop.add", "args": [1, 1], "options": {"task_id": "chosen", "priority": 9}},
     {"id": "chosen", "value": 2}),
    ({"task": "interop.add", "args": [1, 1], "options": {"expires": -1}},
     {"type": "TaskRevokedError", "args": ["expired"]}),
    ({"op": "state", "id": "chosen"}, {"state": "SUCCESS"}),
    ({"op": "get", "id": "chosen", "expect": 2}, {"matches": True}),
    ({"op": "get", "id": "chosen", "expect": 2.0}, {"matches": False}),
    ({"op": "forget", "id": "chosen"}, {}),
    ({"op": "state", "id": "chosen"}, {"state": "PENDING"}),
    ({"op": "no such"}, {"module": "interop_client"}),
    *(
        ({"task": "interop.echo", "args": [{"py": code}], "expect_py": code}, {"matches": True})
        for code in (
            "'Grüße 🚀'", "'\\ud800'", "2**70", "-2**63", "nan", "-inf", "-0.0", "1e-7", "4.0", "None",
            "{'a': [1, {}]}", "datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=utc)", "datetime(2026, 1, 2)",
            "date(2026, 1, 2)", "time(3, 4, 5)", "UUID(int=7)", "Decimal('1.50')", "b'text'", "b'\\xff\\x00'",
            "'x' * 2**20",
        )
    ),
]  # fmt: skip


def self_check():
    """Runs every check against a worker; returns how many failed."""
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("a program did not answer within a minute"))
    signal.alarm(60)
    folder = pathlib.Path(__file__).resolve().parent
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory())
        socket = f"{scratch}/redis.sock"
        environment = os.environ | {"CELERIAC_TEST_BROKER": f"redis+socket://{socket}"}
        environment["PYTHON"] = sys.executable
        redis = ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", scratch]
        stack.enter_context(running(*redis, "--save", "", ready="ready to accept"))
        worker = [folder / "interop_worker.sh", "-c", "2"]
        stack.enter_context(running(*worker, ready="interop worker ready", env=environment))
        client = stack.enter_context(
            running(sys.executable, __file__, stdin=subprocess.PIPE, env=environment, ready="ready")
        )

        def ask(request):
            client.stdin.write(json.dumps({"op": "call"} | request) + "\n")
            client.stdin.flush()
            return json.loads(client.stdout.readline())

        failed = 0
        for request, expected in CHECKS:
            start = clock.monotonic()
            reply = ask(request)
            (body,) = reply.values()
            passed = all(same(body.get(key), value) for key, value in expected.items())
            failed += not passed
            took = f"{(clock.monotonic() - start) * 1000:.0f} ms"
            print("ok    " if passed else "FAILED", took, json.dumps(request)[:100])
            if not passed:
                print("  expected", expected, "in", json.dumps(reply)[:500])
        ask({"op": "close"})
        print(f"{len(CHECKS) - failed} of {len(CHECKS)} checks passed")
        return failed


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-check"]:
        sys.exit(self_check() > 0)
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    from interop_app import app

    serve(sys.stdin, sys.stdout)
