"""Records each file of `messages/`, `results/` and `records/`, and the manifest. See record.py."""

import json
import shutil
import subprocess
import sys

import billiard
import celery
import celery.result
import kombu
import recording_app
import redis
import values
from meaning import meaning_of_message, meaning_of_result, typed
from recording_app import (
    PARKED,
    add,
    echo,
    fail,
    give,
    retry,
    slow,
)
from recording_app import app as application
from sent import BY_HAND, SENT
from stage import FIXTURES, WAIT, folder, start, start_redis, start_worker, stop, until
from values import VALUES

MANIFEST = {"messages": [], "results": [], "records": []}


def keep(kind, name, raw, made_by, key, expected, **more):
    """Writes the bytes as they are, and the manifest's entry for them."""
    file = f"{kind}/{name}.json"
    path = FIXTURES / file
    assert not path.exists(), f"{file} is recorded twice"
    path.write_bytes(raw)
    entry = {"file": file, "madeBy": made_by, "key": key, **more, "expected": expected}
    MANIFEST[kind].append(entry)
    return entry


def keep_message(name, raw, made_by, key):
    return keep("messages", name, raw, made_by, key, meaning_of_message(application, raw))


def keep_result(name, task_id, made_by, state):
    """Waits until a task is in a state and keeps the text of its result."""
    key = f"celery-task-meta-{task_id}"

    def read():
        raw = server.get(key)
        return raw if raw and json.loads(raw)["status"] == state else None

    raw = until(read, f"{state} of {name}")
    return keep(
        "results",
        name,
        raw,
        made_by,
        key,
        meaning_of_result(application, raw),
        ttlSeconds=server.ttl(key),
    )


def waiting_messages():
    """Takes every message out of every list: (key, bytes), in the order of sending."""
    found = []
    for key in sorted(server.scan_iter(_type="list")):
        while raw := server.rpop(key):
            found.append((key.decode(), raw))
    return found


def record_sent_messages():
    names = (
        vars(recording_app)
        | vars(values)
        | {
            "chain": celery.chain,
            "chord": celery.chord,
            "group": celery.group,
            "protocol_1": celery.Celery("old", broker=recording_app.BROKER, set_as_current=False),
            "stamped": lambda signature, **stamps: signature.stamp(**stamps) or signature,
        }
    )
    names["protocol_1"].conf.task_protocol = 1
    for name, code in SENT.items():
        eval(code, names)
        found = waiting_messages()
        for index, (key, raw) in enumerate(found):
            suffix = f"-{index}" if len(found) > 1 else ""
            entry = keep_message(name + suffix, raw, code, key)
            if name.startswith("value-"):
                sent = values.value(name.removeprefix("value-"))
                assert entry["expected"]["args"] == {"list": [typed(sent)]}, f"{name} changed"


def record_messages_by_hand():
    for name, envelope in BY_HAND.items():
        text = json.dumps(envelope, ensure_ascii=False)
        if name == "foreign-spelling":
            text = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
            text = text.replace("/", "\\/")
        raw = text.encode()
        server.lpush("celery", raw)
        result = application.AsyncResult(envelope["headers"]["id"]).get(timeout=WAIT)
        assert result == 4, f"a worker made {result!r} of {name}"
        keep_message(name, raw, "written by hand; a Celery worker ran it", "celery")


# What a worker sends, and what it stores.


def record_worker_messages():
    """What a worker sends, to a queue that nobody consumes."""

    def parked(name, made_by):
        until(lambda: server.llen(PARKED), f"the message of {name}")
        # The worker is done with the task when its result stands.
        keep_message(name, server.rpop(PARKED), made_by, PARKED)

    retry.apply_async(("too early",), headers={"tenant": "ann"}, time_limit=60, priority=4)
    # Priority 4 is step 3: the message is in another list.
    step = f"{PARKED}\x06\x163"
    until(lambda: server.llen(step), "the retry")
    keep_message(
        "retry",
        server.rpop(step),
        "retry.apply_async(('too early',), headers={'tenant': 'ann'}, time_limit=60, priority=4), as its"
        " worker sent it again: self.retry(exc=ValueError('too early'), countdown=3600, queue='parked')",
        step,
    )
    retry.apply_async(link=echo.s(), link_error=echo.s())
    parked("retry-linked", "retry.apply_async(link=echo.s(), link_error=echo.s()), sent again")
    (add.s(2, 2) | add.s(4).set(queue=PARKED) | echo.s()).apply_async()
    parked(
        "chain-step-2", "chain(add.s(2, 2), add.s(4).set(queue='parked'), echo.s()), sent by step 1"
    )
    add.apply_async((2, 2), link=echo.s().set(queue=PARKED))
    parked("callback", "add.apply_async((2, 2), link=echo.s().set(queue='parked')), the link")
    elsewhere = application.signature("elsewhere.mourn", queue=PARKED)
    fail.apply_async(("ValueError", "boom"), link_error=elsewhere)
    parked(
        "errback",
        "fail.apply_async(('ValueError', 'boom'),"
        " link_error=signature('elsewhere.mourn', queue='parked')), the errback",
    )
    celery.chord([add.s(1, 1), add.s(2, 2)], echo.s().set(queue=PARKED)).apply_async()
    parked(
        "chord-body", "chord([add.s(1, 1), add.s(2, 2)], echo.s().set(queue='parked')), the body"
    )


def record_results():
    for name in VALUES:
        code = f"give.apply_async(({name!r},))  # returns {VALUES[name]}"
        entry = keep_result(f"success-{name}", give.delay(name).id, code, "SUCCESS")
        assert entry["expected"]["result"] == typed(values.value(name)), f"{name} changed"

    def keep_from(name, state, code):
        keep_result(name, eval(code, vars(recording_app)).id, code, state)

    keep_from("failure-builtin", "FAILURE", "fail.delay('ValueError', 'boom')")
    keep_from("failure-no-arguments", "FAILURE", "fail.delay('ValueError')")
    keep_from("failure-key-error", "FAILURE", "fail.delay('KeyError', 'Größe')")
    keep_from("failure-custom", "FAILURE", "fail.delay('PaymentError', 'declined', 402)")
    keep_from("failure-unserializable-argument", "FAILURE", "fail_with_object.delay()")
    keep_from("failure-wrong-arguments", "FAILURE", "app.send_task('fixtures.add', (1, 2, 3))")
    keep_from("failure-not-registered", "FAILURE", "app.send_task('fixtures.unknown', (1,))")
    keep_from("failure-retries-exhausted", "FAILURE", "exhaust.delay()")
    keep_from("failure-retries-exhausted-cause", "FAILURE", "exhaust.delay('still down')")
    keep_from("failure-soft-limit", "FAILURE", "slow.apply_async((30,), soft_time_limit=1)")
    keep_from("failure-hard-limit", "FAILURE", "slow.apply_async((30,), time_limit=1)")
    keep_from("retry-cause", "RETRY", "retry.delay('too early')")
    keep_from("retry-no-cause", "RETRY", "retry.delay()")
    keep_from("revoked-expired", "REVOKED", "add.apply_async((2, 2), expires=-1)")
    keep_from("started", "STARTED", "slow.delay(1.5)")
    keep_from("progress", "PROGRESS", "progress.delay(1.5)")
    keep_from("children", "SUCCESS", "parent.delay()")

    waiting = add.apply_async((2, 2), countdown=3600)
    waiting.revoke()
    keep_result(
        "revoked", waiting.id, "add.apply_async((2, 2), countdown=3600).revoke()", "REVOKED"
    )
    running = slow.delay(30)
    until(lambda: running.state == "STARTED", "a slow task's start")
    running.revoke(terminate=True)
    keep_result(
        "revoked-terminated", running.id, "slow.delay(30).revoke(terminate=True)", "REVOKED"
    )

    members = celery.group(add.s(1, 1), add.s(2, 2)).apply_async()
    keep_result(
        "group-member", members[0].id, "group(add.s(1, 1), add.s(2, 2))(), its first", "SUCCESS"
    )
    chained = celery.chain(add.s(2, 2), add.s(4))()
    keep_result(
        "chain-first", chained.parent.id, "chain(add.s(2, 2), add.s(4))(), step 1", "SUCCESS"
    )
    keep_result("chain-last", chained.id, "chain(add.s(2, 2), add.s(4))(), step 2", "SUCCESS")
    broken = celery.chord([add.s(1, 1), fail.s("ValueError", "boom")], echo.s()).apply_async()
    keep_result(
        "failure-chord",
        broken.id,
        "chord([add.s(1, 1), fail.s('ValueError', 'boom')], echo.s())(), the body's",
        "FAILURE",
    )
    chord = celery.chord([add.s(1, 1), add.s(2, 2).set(queue=PARKED)], echo.s()).apply_async()
    group_key = f"celery-taskset-meta-{chord.parent.id}"
    part, index = until(
        lambda: server.zrange(f"{group_key}.j", 0, -1, withscores=True), "the chord's first part"
    )[0]
    keep_record(
        "chord-part",
        part,
        "chord([add.s(1, 1), add.s(2, 2).set(queue='parked')], echo.s())(), half done",
        f"{group_key}.j",
        type="zset member",
        score=index,
        size=server.get(f"{group_key}.s").decode(),
        counted=[member.decode() for member in server.smembers(f"{group_key}.d")],
    )
    for result in (members, celery.result.GroupResult("outer", [members, members[0]])):
        name = "group-saved" if result is members else "group-saved-nested"
        result.save()
        key = f"celery-taskset-meta-{result.id}"
        code = "group(add.s(1, 1), add.s(2, 2))()"
        if result is not members:
            code = f"GroupResult('outer', [g, g[0]]) with g = {code}"
        keep_record(name, server.get(key), f"{code}.save()", key, type="string")


def keep_record(name, raw, made_by, key, **more):
    keep("records", name, raw, made_by, key, json.loads(raw), **more)


def record_extended_results():
    code = "add.apply_async((2,), {'y': 2}), with result_extended"
    keep_result("extended", add.apply_async((2,), {"y": 2}).id, code, "SUCCESS")
    code = "fail.apply_async(('ValueError', 'boom')), with result_extended"
    keep_result("extended-failure", fail.delay("ValueError", "boom").id, code, "FAILURE")
    code = "slow.delay(1), with result_extended"
    keep_result("extended-started", slow.delay(1).id, code, "STARTED")
    code = "send_task('fixtures.unknown', (1,)), with result_extended"
    unknown = application.send_task("fixtures.unknown", (1,))
    keep_result("extended-not-registered", unknown.id, code, "FAILURE")


def record_restored_message():
    """A message that a stopping worker held and gave back."""
    server.flushdb()
    worker = start_worker(application, "-c", "1")
    held = add.apply_async((2, 2), countdown=3600)
    tag = until(lambda: server.hkeys("unacked"), "the message being held")[0]
    score = server.zscore("unacked_index", tag)
    record = server.hget("unacked", tag)
    keep_record(
        "unacked",
        record,
        "add.apply_async((2, 2), countdown=3600), held by a worker",
        "unacked",
        type="hash value",
        field=tag.decode(),
        unackedIndexScore=score,
    )
    binding = sorted(server.smembers("_kombu.binding.celery"))
    assert server.smembers("_kombu.binding_permanent.celery") == set(binding)
    MANIFEST["bindings"] = {"_kombu.binding.celery": [member.decode() for member in binding]}
    stop(worker)
    ((key, raw),) = waiting_messages()
    keep_message(
        "restored",
        raw,
        "add.apply_async((2, 2), countdown=3600), held by a worker that was stopped with SIGTERM",
        key,
    )
    assert json.loads(raw)["headers"]["id"] == held.id


def record_beat_messages():
    server.flushdb()
    beat = start(
        *(sys.executable, "-m", "celery", "-A", "recording_app", "beat"),
        *("-s", str(folder() / "schedule"), "-l", "info"),
    )
    until(lambda: server.llen("parked") >= 2, "beat sending")
    stop(beat)
    names = {"fixtures.add": "beat", "elsewhere.tidy": "beat-by-name"}
    for key, raw in waiting_messages():
        task = json.loads(raw)["headers"]["task"]
        if name := names.pop(task, None):
            keep_message(name, raw, f"celery beat, the entry for {task} in recording_app.py", key)


def write_manifest():
    version = subprocess.check_output(["redis-server", "--version"], text=True).split("v=")[1]
    manifest = {
        "recordedWith": {
            "celery": celery.__version__,
            "kombu": kombu.__version__,
            "billiard": billiard.__version__,
            "redis-py": redis.__version__,
            "redis-server": version.split()[0],
            "python": ".".join(map(str, sys.version_info[:3])),
        }
    } | MANIFEST
    text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
    (FIXTURES / "manifest.json").write_text(text + "\n")


def record():
    for kind in ("messages", "results", "records"):
        shutil.rmtree(FIXTURES / kind, ignore_errors=True)
        (FIXTURES / kind).mkdir()

    record_sent_messages()
    server.flushdb()

    worker = start_worker(application, "-c", "2")
    record_messages_by_hand()
    record_worker_messages()
    record_results()
    stop(worker)
    server.flushdb()

    worker = start_worker(application, "-c", "2", RECORDING_EXTENDED="1")
    record_extended_results()
    stop(worker)

    record_restored_message()
    record_beat_messages()
    write_manifest()
    counts = ", ".join(
        f"{len(MANIFEST[kind])} {kind}" for kind in ("messages", "results", "records")
    )
    print(f"record: {counts}")


if __name__ == "__main__":
    server = start_redis()
    record()
    # A result that is still awaited unsubscribes when it is collected: now, while Redis runs.
    application.backend._pending_results.concrete.clear()
