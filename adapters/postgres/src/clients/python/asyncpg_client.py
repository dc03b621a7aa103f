"""asyncpg, which speaks the protocol by itself: everything prepared and in binary."""
import asyncio
import io
import ssl

import asyncpg
from trials import CA, DATABASE, ERRORS, HOST, LINES, PASSWORD, PORT, SQL, STATES, USER, run


class Opened:
    def __init__(self, **more):
        self.settings = {"host": HOST, "port": PORT, "user": USER, "password": PASSWORD, "database": DATABASE, "ssl": False, **more}

    async def __aenter__(self):
        self.connection = await asyncpg.connect(**self.settings)
        return self.connection

    async def __aexit__(self, *_):
        await self.connection.close(timeout=10)


async def rows(connection, text, *values):
    return [dict(each) for each in await connection.fetch(text, *values)]


async def state_of(connection, text, *values):
    try:
        await connection.fetch(text, *values)
        return "none"
    except asyncpg.PostgresError as fault:
        return fault.sqlstate


async def connected():
    async with Opened() as connection:
        settings = connection.get_settings()
        known = [getattr(settings, name) for name in ("server_version", "client_encoding", "TimeZone")]
        return [await rows(connection, SQL["connect"]), connection.get_server_version(), known]


async def tls():
    async with Opened(host="localhost", ssl=ssl.create_default_context(cafile=CA)) as connection:
        return await rows(connection, SQL["list"])


async def simple():
    async with Opened() as connection:
        return [await connection.execute("select 1; select city from customers"), await rows(connection, SQL["simple"])]


async def prepared():
    async with Opened() as connection:
        statement = await connection.prepare(SQL["prepared"])
        kinds = [each.type.name for each in statement.get_attributes()], [each.name for each in statement.get_parameters()]
        return [kinds, [await statement.fetchval(at) for at in (1, 2, 1)], statement.get_statusmsg()]


async def binary():
    async with Opened() as connection:
        text = "select $1::int4 as i, $2::text as t, $3::int4[] as l, $4::bytea as b, $5::tier as e, $6::numeric as n, $7::jsonb as j"
        return [
            await rows(connection, text, 7, "x", [1, 2], b"\xff\x00", "gold", 1.5, '{"a": [1]}'),
            await rows(connection, "select array['gold', 'plain']::tier[] as levels, row(1, 'a') as pair, int4range(1, 9) as span"),
        ]


async def copy_out():
    async with Opened() as connection:
        whole, query = io.BytesIO(), io.BytesIO()
        tag = await connection.copy_from_table("orders", output=whole, format="csv", header=True)
        await connection.copy_from_query("select id, total from orders where id < $1", 5, output=query, format="binary")
        return [tag, whole.getvalue().decode(), query.getvalue()]


async def copy_in():
    async with Opened() as connection:
        transaction = connection.transaction()
        await transaction.start()
        source = io.BytesIO("".join(LINES).encode())
        tags = [await connection.copy_to_table("notes", source=source, columns=["subject", "body"])]
        records = [("tried", f"row {at}") for at in range(50)]
        tags.append(await connection.copy_records_to_table("notes", records=records, columns=["subject", "body"]))
        found = await rows(connection, SQL["notes"])
        await transaction.rollback()
        return [tags, found, await rows(connection, SQL["notes"])]


async def listen():
    async with Opened() as connection:
        heard = []
        await connection.add_listener("news", lambda _, __, channel, payload: heard.append((channel, payload)))
        await connection.execute("notify news, 'hello'")
        await connection.execute("select 1")
        await asyncio.sleep(0)
        await connection.reset()
        return heard


async def cancel():
    async with Opened() as connection:
        try:
            await connection.fetch(SQL["sleep"], timeout=0.5)
            return "none"
        except asyncio.TimeoutError:
            return ["cancelled", await rows(connection, "select 1 as alive")]


async def errors():
    async with Opened() as connection:
        states = [await state_of(connection, text) for text in STATES]
        return states + [await state_of(connection, "select $1::text::int", "x"), await rows(connection, "select 1 as alive")]


async def texts():
    found = []
    async with Opened() as connection:
        for text in ERRORS:
            try:
                await connection.fetch(text)
            except asyncpg.PostgresError as fault:
                found.append([fault.sqlstate, fault.message, fault.detail, fault.table_name, fault.constraint_name])
    return found


async def transactions():
    found = []
    async with Opened() as connection:
        outer = connection.transaction(isolation="serializable")
        await outer.start()
        await connection.execute(SQL["note"])
        try:
            async with connection.transaction():
                await connection.execute(SQL["note"])
                await connection.execute("select 1 / 0")
        except asyncpg.DivisionByZeroError:
            found.append("undone")
        found.append(await rows(connection, SQL["notes"]))
        await outer.rollback()
        for text in ("begin", "select 1 / 0", "select 1", "commit", SQL["note"], SQL["notes"]):
            found.append([await state_of(connection, text), connection.is_in_transaction()])
        return found + [await connection.execute("delete from notes where subject = 'tried'")]


async def large():
    async with Opened() as connection:
        total = sum(len(each["x"]) for each in await connection.fetch(SQL["many"]))
        echo = await connection.fetchval("select length($1)", "y" * 3_000_000)
        async with connection.transaction():
            streamed = [each["g"] async for each in connection.cursor(SQL["many"], prefetch=999)]
        return [total, len(await connection.fetchval(SQL["wide"])), echo, len(streamed)]


async def own():
    async with Opened() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.executemany("insert into notes (subject, body) values ($1, $2)", [("tried", str(at)) for at in range(20)])
        found = await rows(connection, SQL["notes"])
        await transaction.rollback()
        return found


async def personal():
    async with Opened() as connection:
        copied = io.BytesIO()
        await connection.copy_from_table("customers", output=copied)
        wanted = "select id, full_name, email::text, phone, ssn, card_number, iban, birth_date, salary, city from customers where id < $1 order by id"
        return [await rows(connection, SQL["personal"]), await rows(connection, wanted, 9), copied.getvalue().decode()]


if __name__ == "__main__":
    run(asyncpg.__version__, {
        "connect": connected, "tls": tls, "simple": simple, "prepared": prepared, "binary": binary, "copy-out": copy_out,
        "copy-in": copy_in, "listen": listen, "cancel": cancel, "errors": errors, "texts": texts, "transactions": transactions,
        "large": large, "own": own, "personal": personal,
    })
