"""psycopg 3, as blocking code."""
import threading

import psycopg
from psycopg.rows import dict_row
from trials import CA, DATABASE, ERRORS, HOST, LINES, PASSWORD, PORT, SQL, STATES, USER, run


def connect(**more):
    settings = {"host": HOST, "port": PORT, "user": USER, "password": PASSWORD, "dbname": DATABASE, "sslmode": "disable"}
    return psycopg.connect(**{**settings, **more}, autocommit=True, row_factory=dict_row)


def rows(connection, text, values=None, **more):
    return connection.execute(text, values, **more).fetchall()


def connected():
    with connect() as connection:
        info = connection.info
        known = [info.parameter_status(name) for name in ("server_version", "client_encoding", "DateStyle", "TimeZone", "integer_datetimes")]
        return [rows(connection, SQL["connect"]), known, info.status.name, info.transaction_status.name]


def tls():
    with connect(host="localhost", sslmode="verify-full", sslrootcert=CA, channel_binding="require") as connection:
        return [rows(connection, SQL["list"]), connection.pgconn.ssl_in_use]


def simple():
    with connect() as connection:
        cursor = connection.execute(SQL["simple"])
        several = connection.execute("select 1 as a; select 2 as b; select city from customers where id = 3")
        found = [several.fetchall()]
        while several.nextset():
            found.append(several.fetchall())
        return [cursor.fetchall(), [(each.name, each.type_code) for each in cursor.description], cursor.statusmessage, found]


def prepared():
    with connect() as connection:
        text = "select total from orders where id = %s"
        return [rows(connection, text, [at], prepare=True) for at in (1, 2, 1)] + [rows(connection, text, [at]) for at in range(1, 9)]


def binary():
    with connect() as connection:
        values = [7, "x", [1, 2], b"\xff\x00", True]
        text = "select %b::int4 as i, %b::text as t, %b::int4[] as l, %b::bytea as b, %b::bool as f"
        return [rows(connection, SQL["list"], binary=True), rows(connection, text, values, binary=True)]


def copy_out():
    with connect() as connection, connection.cursor() as cursor:
        with cursor.copy(SQL["copyOut"]) as copy:
            text = b"".join(bytes(each) for each in copy).decode()
        with cursor.copy("copy orders to stdout (format binary)") as copy:
            raw = b"".join(bytes(each) for each in copy)
        with cursor.copy("copy orders to stdout") as copy:
            copy.set_types(["int4", "int4", "int4", "date"])
            return [text, raw, list(copy.rows())]


def copy_in():
    with connect() as connection, connection.cursor() as cursor:
        found = []
        with connection.transaction(force_rollback=True):
            with cursor.copy(SQL["copyIn"]) as copy:
                for line in LINES:
                    copy.write(line)
            found.append(rows(connection, SQL["notes"]))
            with cursor.copy("copy notes (subject, body) from stdin (format binary)") as copy:
                copy.set_types(["text", "text"])
                for at in range(50):
                    copy.write_row(("tried", f"row {at}"))
            found.append(rows(connection, SQL["notes"]))
        return [found, rows(connection, SQL["notes"])]


def listen():
    with connect() as connection:
        connection.execute("listen news")
        connection.execute("notify news, 'hello'")
        connection.execute("select 1")
        return [(each.channel, each.payload) for each in connection.notifies(timeout=0.5)]


def cancel():
    with connect() as connection:
        ended = threading.Event()

        def ask():
            while not ended.wait(0.1):
                connection.cancel_safe()

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            state = state_of(connection, SQL["sleep"])
        finally:
            ended.set()
            asking.join()
        return [state, rows(connection, "select 1 as alive")]


def state_of(connection, text, values=None):
    try:
        connection.execute(text, values)
        return "none"
    except psycopg.Error as fault:
        return fault.sqlstate


def texts():
    found = []
    with connect() as connection:
        for text in ERRORS:
            try:
                connection.execute(text)
            except psycopg.Error as fault:
                diag = fault.diag
                found.append([diag.sqlstate, diag.message_primary, diag.message_detail, diag.statement_position, diag.table_name, diag.constraint_name])
    return found


def errors():
    with connect() as connection:
        return [state_of(connection, text) for text in STATES] + [state_of(connection, "select %s::int", ["x"]), rows(connection, "select 1 as alive")]


def transactions():
    found = []
    with connect() as connection:
        with connection.transaction(force_rollback=True):
            connection.execute(SQL["note"])
            try:
                with connection.transaction():
                    connection.execute(SQL["note"])
                    connection.execute("select 1 / 0")
            except psycopg.errors.DivisionByZero:
                found.append("undone")
            found.append(rows(connection, SQL["notes"]))
        found.append(rows(connection, SQL["notes"]))
        for text in ("begin", "select 1 / 0", SQL["notes"], "commit", SQL["notes"], "begin", SQL["note"], "commit", SQL["notes"]):
            found.append([state_of(connection, text), connection.info.transaction_status.name])
        found.append(connection.execute("delete from notes where subject = 'tried'").rowcount)
    return found


def large():
    with connect() as connection:
        total = sum(len(each["x"]) for each in rows(connection, SQL["many"]))
        wide = len(rows(connection, SQL["wide"])[0]["wide"])
        echo = rows(connection, "select length(%s::text) as l", ["y" * 3_000_000])
        with connection.transaction(), connection.cursor("named") as cursor:
            cursor.itersize = 1000
            cursor.execute(SQL["many"])
            streamed = sum(1 for _ in cursor)
        single = sum(1 for _ in connection.cursor().stream(SQL["many"]))
        return [total, wide, echo, streamed, single]


def pipeline():
    with connect() as connection:
        found = []
        with connection.pipeline():
            cursors = [connection.execute("select %s::int * 2 as twice", [at]) for at in range(30)]
            found.append([each.fetchall() for each in cursors])
        try:
            with connection.pipeline() as pipe:
                good = connection.execute("select 1 as good")
                pipe.sync()
                connection.execute("select 1 / 0")
                connection.execute(SQL["note"])
                pipe.sync()
        except psycopg.Error as fault:
            found.append([fault.sqlstate, good.fetchall()])
        many = connection.cursor()
        with connection.transaction(force_rollback=True):
            many.executemany("insert into notes (subject, body) values (%s, %s) returning subject", [("tried", str(at)) for at in range(20)], returning=True)
            found.append(rows(connection, SQL["notes"]))
        return found + [rows(connection, SQL["notes"])]


def personal():
    with connect() as connection, connection.cursor() as cursor:
        with cursor.copy("copy customers to stdout") as copy:
            copied = b"".join(bytes(each) for each in copy).decode()
        return [
            rows(connection, SQL["personal"]),
            rows(connection, "select * from customers where id < %s order by id", [9], prepare=True),
            rows(connection, "select full_name, email, phone, ssn, salary, birth_date from customers order by id", binary=True),
            copied,
        ]


if __name__ == "__main__":
    run(psycopg.__version__, {
        "connect": connected, "tls": tls, "simple": simple, "prepared": prepared, "binary": binary, "copy-out": copy_out,
        "copy-in": copy_in, "listen": listen, "cancel": cancel, "errors": errors, "texts": texts, "transactions": transactions,
        "large": large, "pipeline": pipeline, "personal": personal,
    })
