"""psycopg 3, as coroutines."""
import asyncio

import psycopg
from psycopg.rows import dict_row
from trials import CA, DATABASE, ERRORS, HOST, LINES, PASSWORD, PORT, SQL, STATES, USER, run


async def connect(**more):
    settings = {"host": HOST, "port": PORT, "user": USER, "password": PASSWORD, "dbname": DATABASE, "sslmode": "disable"}
    return await psycopg.AsyncConnection.connect(**{**settings, **more}, autocommit=True, row_factory=dict_row)


async def rows(connection, text, values=None, **more):
    return await (await connection.execute(text, values, **more)).fetchall()


async def state_of(connection, text):
    try:
        await connection.execute(text)
        return "none"
    except psycopg.Error as fault:
        return fault.sqlstate


async def connected():
    async with await connect() as connection:
        return [await rows(connection, SQL["connect"]), connection.info.server_version]


async def tls():
    async with await connect(host="localhost", sslmode="verify-full", sslrootcert=CA) as connection:
        return await rows(connection, SQL["list"])


async def simple():
    async with await connect() as connection:
        return await rows(connection, SQL["simple"])


async def prepared():
    async with await connect() as connection:
        return [await rows(connection, "select total from orders where id = %s", [at], prepare=True) for at in (1, 2, 1)]


async def binary():
    async with await connect() as connection:
        return await rows(connection, SQL["list"], binary=True)


async def copy_out():
    async with await connect() as connection, connection.cursor() as cursor:
        async with cursor.copy(SQL["copyOut"]) as copy:
            return "".join([bytes(each).decode() async for each in copy])


async def copy_in():
    async with await connect() as connection, connection.cursor() as cursor:
        async with connection.transaction(force_rollback=True):
            async with cursor.copy(SQL["copyIn"]) as copy:
                for line in LINES:
                    await copy.write(line)
            return await rows(connection, SQL["notes"])


async def listen():
    async with await connect() as connection:
        await connection.execute("listen news")
        await connection.execute("notify news, 'hello'")
        return [(each.channel, each.payload) async for each in connection.notifies(timeout=0.5)]


async def cancel():
    async with await connect() as connection:
        asleep = asyncio.create_task(state_of(connection, SQL["sleep"]))
        while not asleep.done():
            await asyncio.wait([asleep], timeout=0.1)
            if not asleep.done():
                await connection.cancel_safe()
        return [await asleep, await rows(connection, "select 1 as alive")]


async def errors():
    async with await connect() as connection:
        return [await state_of(connection, text) for text in STATES] + [await rows(connection, "select 1 as alive")]


async def texts():
    found = []
    async with await connect() as connection:
        for text in ERRORS:
            try:
                await connection.execute(text)
            except psycopg.Error as fault:
                found.append([fault.sqlstate, fault.diag.message_primary])
    return found


async def transactions():
    found = []
    async with await connect() as connection:
        async with connection.transaction(force_rollback=True):
            await connection.execute(SQL["note"])
            try:
                async with connection.transaction():
                    await connection.execute(SQL["note"])
                    await connection.execute("select 1 / 0")
            except psycopg.errors.DivisionByZero:
                found.append("undone")
            found.append(await rows(connection, SQL["notes"]))
        return found + [await rows(connection, SQL["notes"])]


async def large():
    async with await connect() as connection:
        total = sum(len(each["x"]) for each in await rows(connection, SQL["many"]))
        return [total, len((await rows(connection, SQL["wide"]))[0]["wide"])]


async def pipeline():
    async with await connect() as connection:
        async with connection.pipeline():
            cursors = [await connection.execute("select %s::int * 2 as twice", [at]) for at in range(30)]
            return [await each.fetchall() for each in cursors]


async def personal():
    async with await connect() as connection:
        return [await rows(connection, SQL["personal"]), await rows(connection, SQL["personal"], prepare=True)]


if __name__ == "__main__":
    run(psycopg.__version__, {
        "connect": connected, "tls": tls, "simple": simple, "prepared": prepared, "binary": binary, "copy-out": copy_out,
        "copy-in": copy_in, "listen": listen, "cancel": cancel, "errors": errors, "texts": texts, "transactions": transactions,
        "large": large, "pipeline": pipeline, "personal": personal,
    })
