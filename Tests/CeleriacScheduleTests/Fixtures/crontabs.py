"""Records when Celery's own crontabs fire, for CeleryCrontabTests.

    pip install celery==5.7.0 && python crontabs.py > crontabs.json

Zones without clock changes and UTC only: what Celery does at a change is not what is wanted.
"""

import json
import random
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import celery
from celery.schedules import ParseException, crontab

UNITS = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]
NAMES = {
    3: "jan feb mar apr may jun jul aug sep oct nov dec".split(),
    4: "sun mon tue wed thu fri sat".split(),
}
ZONES = ["UTC", "Asia/Kolkata", "Asia/Tokyo", "America/Phoenix"]


def value(rng, unit):
    low, high = UNITS[unit]
    number = rng.randint(low, high)
    if unit in NAMES and rng.random() < 0.4:
        name = NAMES[unit][number - low]
        return rng.choice([name, name.upper(), name.capitalize()])
    return str(number)


def part(rng, unit):
    kind = rng.random()
    if kind < 0.35:
        return value(rng, unit)
    if kind < 0.6:
        return f"*/{rng.randint(1, 20)}"
    span = f"{value(rng, unit)}-{value(rng, unit)}"
    return span if kind < 0.85 else f"{span}/{rng.randint(1, 7)}"


def field(rng, unit):
    if rng.random() < 0.45:
        return "*"
    return ",".join(part(rng, unit) for _ in range(rng.choice([1, 1, 1, 2, 3])))


def firings(text, zone, start):
    """The first five firings after start, as seconds since 1970."""
    tz = ZoneInfo(zone)
    app = celery.Celery(set_as_current=False)
    app.conf.timezone = zone
    last = start.astimezone(tz)
    schedule = crontab.from_string(text)
    schedule.app = app
    found = []
    for _ in range(5):
        schedule.nowfun = lambda: last
        due = last + schedule.remaining_estimate(last)
        last = due.astimezone(tz)
        found.append(int(last.timestamp()))
    return found


def main():
    rng = random.Random(20261122)
    cases = []
    while len(cases) < 400:
        text = " ".join(field(rng, unit) for unit in range(5))
        zone = rng.choice(ZONES)
        start = datetime(2024, 1, 1, tzinfo=timezone.utc) + timedelta(
            seconds=rng.randrange(4 * 365 * 86400)
        )
        try:
            found = firings(text, zone, start)
        except (ParseException, ValueError, RuntimeError):
            found = []
        cases.append(
            {"crontab": text, "zone": zone, "after": int(start.timestamp()), "due": found}
        )
    print(f'{{"celery": "{celery.__version__}", "cases": [', end="")
    print(",".join("\n" + json.dumps(case) for case in cases))
    print("]}")


if __name__ == "__main__":
    sys.exit(main())
