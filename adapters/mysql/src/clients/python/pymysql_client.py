"""PyMySQL."""
import threading

import pymysql
from pymysql.constants import CLIENT
from pymysql.cursors import DictCursor, SSDictCursor
from trials import CA, DATABASE, ERRORS, HOST, PASSWORD, PORT, SQL, STATES, USER, run


def connect(**more):
    settings = {"host": HOST, "port": PORT, "user": USER, "password": PASSWORD, "database": DATABASE, "ssl_disabled": True}
    return pymysql.connect(**{**settings, **more}, cursorclass=DictCursor, autocommit=True)


def rows(connection, text, values=None):
    with connection.cursor() as cursor:
        cursor.execute(text.replace("?", "%s"), values)
        return cursor.fetchall()


def asking(text, values=None, **more):
    def trial():
        with connect(**more) as connection:
            return rows(connection, text, values)
    return trial


def simple():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(SQL["simple"])
        return [cursor.fetchall(), cursor.description]


def several():
    with connect(client_flag=CLIENT.MULTI_STATEMENTS) as connection, connection.cursor() as cursor:
        cursor.execute("select 1 as a; select id from orders where id < 3; do 0")
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
        return found


def stream():
    with connect() as connection, connection.cursor(SSDictCursor) as cursor:
        cursor.execute(SQL["many"])
        return sum(len(each["x"]) for each in cursor.fetchall_unbuffered())


def batch():
    with connect() as connection, connection.cursor() as cursor:
        connection.begin()
        made = cursor.executemany("insert into notes (subject, body) values (%s, %s)", [("tried", f"row {at}") for at in range(300)])
        found = [made, rows(connection, SQL["notes"])]
        connection.rollback()
        return found + [rows(connection, SQL["notes"])]


def fault_of(connection, text):
    try:
        rows(connection, text.replace("%", "%%"))
        return ["none", ""]
    except pymysql.MySQLError as fault:
        return [fault.args[0], fault.args[1]]


def cancel():
    with connect() as connection:
        ended = threading.Event()

        def ask():
            while not ended.wait(0.2):
                with connect() as other:
                    fault_of(other, f"kill query {connection.thread_id()}")

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            code = fault_of(connection, SQL["sleep"])[0]
        finally:
            ended.set()
            asking.join()
        return [code, rows(connection, "select 1 as alive")]


def call():
    with connect() as connection, connection.cursor() as cursor:
        try:
            cursor.callproc("noted", (2,))
            found = [cursor.fetchall()]
            while cursor.nextset():
                found.append(cursor.fetchall())
            return found
        except pymysql.MySQLError as fault:
            return fault.args[0]


def errors():
    with connect() as connection:
        return [[fault_of(connection, text)[0] for text in STATES], rows(connection, "select 1 as alive")]


def texts():
    with connect() as connection:
        return [fault_of(connection, text) for text in ERRORS]


def transactions():
    with connect() as connection:
        connection.begin()
        rows(connection, SQL["note"])
        found = [fault_of(connection, "select nosuch")[0], rows(connection, SQL["notes"])]
        connection.rollback()
        return found + [rows(connection, SQL["notes"]), connection.server_status]


def large():
    with connect() as connection:
        total = sum(len(each["x"]) for each in rows(connection, SQL["many"]))
        return [total, len(rows(connection, SQL["wide"])[0]["wide"]), rows(connection, "select length(%s) as l", ["y" * 300_000])]


def again():
    with connect() as connection:
        connection.ping()
        connection.select_db("restored")
        found = [rows(connection, "select database() as db")]
        connection.select_db(DATABASE)
        return found + [rows(connection, SQL["connect"]), connection.character_set_name()]


def personal():
    with connect() as connection:
        return [rows(connection, SQL["personal"]), rows(connection, SQL["personalBelow"], [9])]


if __name__ == "__main__":
    run(pymysql.__version__, {
        "connect": asking(SQL["connect"]), "tls": asking(SQL["list"], host="localhost", ssl_disabled=False, ssl_ca=CA, ssl_verify_identity=True),
        "simple": simple, "types": asking(SQL["types"]), "several": several, "stream": stream, "batch": batch, "cancel": cancel,
        "call": call, "errors": errors, "texts": texts, "transactions": transactions, "large": large, "again": again, "personal": personal,
    })
