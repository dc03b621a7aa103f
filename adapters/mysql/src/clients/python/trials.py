"""What every client written in Python is tried with, and how it says what it noticed: a line of JSON for each feature."""
import datetime
import decimal
import json
import os
import traceback

GIVEN = json.loads(os.environ["TRIALS"])
SQL = GIVEN["sql"]
ERRORS = GIVEN["errors"]
STATES = GIVEN["states"]
HOST = os.environ["MYSQL_HOST"]
PORT = int(os.environ["MYSQL_PORT"])
USER = os.environ["MYSQL_NAME"]
PASSWORD = os.environ["MYSQL_PASSWORD"]
DATABASE = os.environ["MYSQL_DATABASE"]
CA = os.environ.get("MYSQL_CA", "")


def plain(value):
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, (decimal.Decimal, datetime.date, datetime.datetime, datetime.timedelta)):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return list(value) if hasattr(value, "__iter__") else str(value)


def say(**line):
    print(json.dumps(line, default=plain), flush=True)


def run(version, trials):
    """`trials` names a function for each feature that the client has."""
    say(version=version)
    for feature, trial in trials.items():
        if feature == "tls" and not CA:
            continue
        try:
            say(feature=feature, value=trial())
        except Exception:
            say(feature=feature, fault=traceback.format_exc(limit=-4))
