"""What every client written in Python is tried with, and how it says what it noticed: a line of JSON for each feature."""
import asyncio
import datetime
import decimal
import inspect
import json
import os
import sys
import traceback
import uuid

GIVEN = json.loads(os.environ["TRIALS"])
SQL = GIVEN["sql"]
ERRORS = GIVEN["errors"]
STATES = GIVEN["states"]
HOST = os.environ["PGHOST"]
PORT = int(os.environ["PGPORT"])
USER = os.environ["PGUSER"]
PASSWORD = os.environ["PGPASSWORD"]
DATABASE = os.environ["PGDATABASE"]
CA = os.environ.get("PGSSLROOTCERT", "")
LINES = [f"tried\tline {at}\n" for at in range(500)]


def plain(value):
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    if isinstance(value, (decimal.Decimal, datetime.date, datetime.datetime, datetime.timedelta, uuid.UUID)):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if hasattr(value, "_asdict"):
        return value._asdict()
    return list(value) if hasattr(value, "__iter__") else str(value)


def say(**line):
    print(json.dumps(line, default=plain), flush=True)


def run(version, trials):
    """`trials` names a function (a coroutine's as well) for each feature that the client has."""
    say(version=version)
    for feature, trial in trials.items():
        if feature == "tls" and not CA:
            continue
        try:
            found = trial()
            say(feature=feature, value=asyncio.run(found) if inspect.isawaitable(found) else found)
        except Exception:
            say(feature=feature, fault=traceback.format_exc(limit=-4))
    sys.exit(0)
