"""The messages to record, in the order of the manifest."""

from values import VALUES

# What a client sends: expressions, evaluated as they stand here and in the manifest.

SENT = {
    "plain": "add.apply_async((2, 2))",
    "kwargs": "add.apply_async(kwargs={'x': 2, 'y': 2})",
    "args-and-kwargs": "add.apply_async((2,), {'y': 2})",
    "no-arguments": "parent.apply_async()",
    "by-name": "app.send_task('elsewhere.add', (2, 2))",
    "id-chosen": "add.apply_async((2, 2), task_id='order-17/paid')",
    "eta": "add.apply_async((2, 2), eta=datetime(2030, 1, 2, 3, 4, 5, 678000, tzinfo=timezone.utc))",
    "eta-naive": "add.apply_async((2, 2), eta=datetime(2030, 1, 2, 3, 4, 5))",
    "countdown": "add.apply_async((2, 2), countdown=3600)",
    "expires-seconds": "add.apply_async((2, 2), expires=60)",
    "expires-date": "add.apply_async((2, 2), expires=datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc))",
    "priority-0": "add.apply_async((2, 2), priority=0)",
    "priority-4": "add.apply_async((2, 2), priority=4)",
    "priority-9": "add.apply_async((2, 2), priority=9)",
    "queue": "add.apply_async((2, 2), queue='mail')",
    "time-limits": "add.apply_async((2, 2), time_limit=10, soft_time_limit=7.5)",
    "ignore-result": "add.apply_async((2, 2), ignore_result=True)",
    "custom-headers": "add.apply_async((2, 2), headers={'tenant': 'ann', 'trace': {'id': 'a1', 'sampled': True}})",
    "shadow": "add.apply_async((2, 2), shadow='nightly sum')",
    "stamped": "stamped(add.s(2, 2), region='eu', tags=['a', 'b']).apply_async()",
    "link": "add.apply_async((2, 2), link=echo.s())",
    "link-several": "add.apply_async((2, 2), link=[echo.s(), add.s(10), add.si(1, 1)])",
    "link-error": "add.apply_async((2, 2), link_error=echo.s())",
    "chain": "chain(add.s(2, 2), add.s(4), echo.s()).apply_async()",
    "chain-into-chord": "chain(add.s(1, 1), group(add.s(1), add.s(2)), total.s(), echo.s()).apply_async()",
    "group": "group(add.s(1, 1), add.s(2, 2)).apply_async()",
    "chord": "chord([add.s(1, 1), add.s(2, 2)], total.s()).apply_async()",
    "zlib": "add.apply_async((2, 2), compression='zlib')",
    "bzip2": "add.apply_async((2, 2), compression='bzip2')",
    "pickle": "add.apply_async((2, 2), serializer='pickle')",
    "long-argument": "echo.apply_async(('0123456789abcdef' * 128,))",
    "protocol-1": "protocol_1.send_task('fixtures.add', (2, 2))",
    "protocol-1-full": "protocol_1.send_task('fixtures.add', (2,), {'y': 2}, countdown=3600, expires=7200,"
    " time_limit=10, soft_time_limit=7, retries=1, link=echo.s())",
}
SENT |= {f"value-{name}": f"echo.apply_async(({code},))" for name, code in VALUES.items()}

# Messages written by hand: the least that a Python worker runs. A worker is asked whether it does.

BY_HAND = {
    "minimal": {
        "body": "W1syLCAyXSwge30sIHt9XQ==",
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"task": "fixtures.add", "id": "by-hand-minimal"},
        "properties": {
            "delivery_tag": "0b1d7a52-6c5e-4f2b-9b0c-0c6f5d9a7e11",
            "body_encoding": "base64",
            "delivery_info": {"exchange": "", "routing_key": "celery"},
        },
    },
    "null-embed": {
        "body": "W1syLCAyXSwge30sIG51bGxd",
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"task": "fixtures.add", "id": "by-hand-null-embed"},
        "properties": {
            "delivery_tag": "0b1d7a52-6c5e-4f2b-9b0c-0c6f5d9a7e12",
            "body_encoding": "base64",
            "delivery_info": {"exchange": "", "routing_key": "celery"},
        },
    },
    "plain-body": {
        "body": "[[2, 2], {}, {}]",
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"task": "fixtures.add", "id": "by-hand-plain-body"},
        "properties": {
            "delivery_tag": "0b1d7a52-6c5e-4f2b-9b0c-0c6f5d9a7e13",
            "delivery_info": {"exchange": "", "routing_key": "celery"},
        },
    },
    # What another language may write: no spaces, raw UTF-8, escaped slashes, unknown fields.
    "foreign-spelling": {
        "body": "W1syLCAyXSwge30sIHsiY2FsbGJhY2tzIjpudWxsLCJuZXciOlsxXX1d",
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"lang": "swift", "task": "fixtures.add", "id": "by-hand-ünïcode/🚀"},
        "properties": {
            "delivery_tag": "0b1d7a52-6c5e-4f2b-9b0c-0c6f5d9a7e14",
            "body_encoding": "base64",
            "delivery_info": {"exchange": "", "routing_key": "celery", "new": None},
            "new": {"nested": [1.5, None, True]},
        },
        "new": "field",
    },
}
