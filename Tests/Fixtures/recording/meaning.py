"""What Celery itself understands in the bytes it wrote, as plain JSON for the manifest."""

import json
from datetime import date, datetime
from datetime import time as clock_time
from decimal import Decimal
from uuid import UUID

import kombu.compression
import kombu.serialization
import kombu.utils.json


def typed(value):
    """A value as plain JSON with its type beside it: `{"int": "5"}`, `{"list": [{"null": true}]}`.

    Numbers are text, for a reader's own JSON may have no integer above 2**53 and no NaN.
    """
    if value is None:
        return {"null": True}
    if isinstance(value, bool):
        return {"bool": value}
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, str):
        try:
            value.encode()
            return {"string": value}
        except UnicodeEncodeError:
            units = value.encode("utf-16-be", "surrogatepass")
            return {"utf16": [units[i : i + 2].hex() for i in range(0, len(units), 2)]}
    if isinstance(value, (list, tuple)):
        return {"list": [typed(item) for item in value]}
    if isinstance(value, dict):
        # Celery's JSON has text as keys only: what was a number arrives as its digits.
        return {"dict": {str(key): typed(item) for key, item in value.items()}}
    if isinstance(value, (datetime, date, clock_time)):
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, UUID):
        return {"uuid": str(value)}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    raise TypeError(f"no typed form for {value!r}")


def is_unicode(value):
    return not isinstance(value, str) or "utf16" not in typed(value)


HEADERS = [
    "task",
    "id",
    "root_id",
    "parent_id",
    "group",
    "group_index",
    "shadow",
    "eta",
    "expires",
    "retries",
    "timelimit",
    "argsrepr",
    "kwargsrepr",
    "origin",
    "ignore_result",
    "lang",
    "replaced_task_nesting",
    "stamped_headers",
    "stamps",
    "compression",
]


def meaning_of_message(app, raw):
    """What Celery itself understands in the bytes of a message."""
    envelope = kombu.utils.json.loads(raw.decode())
    channel = app.connection().channel()
    message = channel.Message(envelope, channel=channel)
    headers, properties = message.headers, message.properties
    expected = {
        "contentType": message.content_type,
        "contentEncoding": message.content_encoding,
        "priority": properties.get("priority"),
        "deliveryTag": message.delivery_tag,
        "exchange": message.delivery_info["exchange"],
        "routingKey": message.delivery_info["routing_key"],
        "redelivered": bool(message.delivery_info.get("redelivered")),
        "correlationID": properties.get("correlation_id"),
        "replyTo": properties.get("reply_to"),
    }
    body = channel.decode_body(envelope["body"], properties.get("body_encoding"))
    body = body.encode() if isinstance(body, str) else body
    if compression := headers.get("compression"):
        body = kombu.compression.decompress(body, compression)
    if message.content_type != "application/json":
        # Refused before it is read: the rest of its meaning stays in the headers.
        return expected | {"protocol": 2, "refused": True, "bodyHex": body.hex()}
    expected["body"] = body.decode()
    payload = kombu.serialization.loads(
        body, message.content_type, message.content_encoding, accept=["application/json"]
    )
    if "task" in headers:
        args, kwargs, embed = payload
        known = {name: headers[name] for name in HEADERS if name in headers}
        custom = set(headers) - set(HEADERS)
        # A lone surrogate in an argument also stands in `argsrepr`; no JSON file can say it.
        unsayable = [name for name, text in known.items() if not is_unicode(text)]
        known = {name: text for name, text in known.items() if name not in unsayable}
        return expected | {
            "protocol": 2,
            "headers": known,
            "headersWithLoneSurrogates": unsayable,
            "otherHeaders": {name: headers[name] for name in sorted(custom)},
            "args": typed(args),
            "kwargs": typed(kwargs),
            "embed": embed,
        }
    return expected | {
        "protocol": 1,
        "args": typed(payload.pop("args")),
        "kwargs": typed(payload.pop("kwargs")),
        "fields": payload,
    }


def meaning_of_result(app, raw):
    """What Celery itself understands in the text of a result."""
    stored = json.loads(raw)
    meta = app.backend.decode_result(raw)
    expected = {
        "status": stored["status"],
        "taskID": stored["task_id"],
        "traceback": stored["traceback"],
        "children": stored["children"],
        "dateDone": stored["date_done"],
    }
    result = meta["result"]
    if isinstance(result, BaseException):
        expected["exception"] = {
            "type": stored["result"]["exc_type"],
            "module": stored["result"]["exc_module"],
            "message": typed(app.backend.decode(raw)["result"]["exc_message"]),
            "repr": repr(result),
        }
    else:
        expected["result"] = typed(result)
    known = {"status", "result", "traceback", "children", "date_done", "task_id"}
    expected["otherFields"] = {name: stored[name] for name in sorted(set(stored) - known)}
    return expected
