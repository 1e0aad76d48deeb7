"""One value of each kind that Celery's JSON carries, under the name its files get."""

# ruff: noqa: F401 - the names are for the expressions.
from datetime import date, datetime, timedelta, timezone
from datetime import time as clock_time
from decimal import Decimal
from uuid import UUID

VALUES = {
    "none": "None",
    "true": "True",
    "integer": "4",
    "negative-zero": "-0.0",
    "float": "1e-7",
    "float-whole": "4.0",
    "float-large": "1.7976931348623157e308",
    "nan": "float('nan')",
    "infinity": "float('inf')",
    "negative-infinity": "float('-inf')",
    "integer-beyond-double": "2**53 + 1",
    "integer-least-64": "-2**63",
    "integer-huge": "2**70",
    "string": "'plain'",
    "string-empty": "''",
    "unicode": "'Grüße, 世界 🚀 \\u2028 \"quoted\" back\\\\slash'",
    "control-characters": "'\\x00\\t\\n\\x1f\\x7f'",
    "lone-surrogate": "'\\ud800'",
    "list-empty": "[]",
    "dict-empty": "{}",
    "nested": "{'list': [1, [2.5, None, True], {}], 'dict': {'α': {'deep': []}}, '': 'empty key'}",
    "tuple": "(1, 'two')",
    "integer-keys": "{1: 'one', 2: 'two'}",
    "datetime-utc": "datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)",
    "datetime-offset": "datetime(2026, 7, 2, 3, 4, 5, 678000,"
    " tzinfo=timezone(timedelta(hours=5, minutes=30)))",
    "datetime-naive": "datetime(2026, 1, 2, 3, 4, 5, 6)",
    "date": "date(2026, 1, 2)",
    "time": "clock_time(3, 4, 5)",
    "time-fraction": "clock_time(3, 4, 5, 678)",
    "decimal": "Decimal('1.50')",
    "uuid": "UUID('6ba7b810-9dad-11d1-80b4-00c04fd430c8')",
    "bytes-text": "'Grüße'.encode()",
    "bytes-binary": "bytes([0, 255, 254, 128])",
    "values-inside": "{'at': [datetime(2026, 1, 2, tzinfo=timezone.utc)], 'price': Decimal('0.1')}",
    "type-like-dict": "{'__type__': 'shop', '__value__': 1, 'third': 'makes it a plain dict'}",
}


def value(name):
    return eval(VALUES[name])
