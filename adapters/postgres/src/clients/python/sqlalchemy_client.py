"""SQLAlchemy over psycopg 3: reflection, tables and mapped classes."""
import sqlalchemy
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, exc, func, inspect, select, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session, declarative_base, relationship
from trials import CA, DATABASE, ERRORS, HOST, PASSWORD, PORT, SQL, STATES, USER, run

Mapped = declarative_base()


class Customer(Mapped):
    __tablename__ = "customers"
    id = Column(Integer, primary_key=True)
    full_name = Column(String)
    email = Column(String)
    ssn = Column(String)
    salary = Column(sqlalchemy.Numeric(10, 2))
    birth_date = Column(sqlalchemy.Date)
    city = Column(String)
    orders = relationship("Order", order_by="Order.id")


class Order(Mapped):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    customer_id = Column(Integer, sqlalchemy.ForeignKey("customers.id"))
    total = Column(Integer)


def engine(host=HOST, **more):
    url = sqlalchemy.URL.create("postgresql+psycopg", USER, PASSWORD, host, PORT, DATABASE)
    return create_engine(url, connect_args={"sslmode": "disable", **more})


def rows(connection, statement, values=None):
    return [dict(each._mapping) for each in connection.execute(text(statement) if isinstance(statement, str) else statement, values or {})]


def asking(statement):
    def trial():
        with engine().connect() as connection:
            return rows(connection, statement)
    return trial


def tls():
    with engine("localhost", sslmode="verify-full", sslrootcert=CA).connect() as connection:
        return rows(connection, SQL["list"])


def prepared():
    with engine().connect() as connection:
        return [rows(connection, "select total from orders where id = :id", {"id": at}) for at in (1, 2, 1)]


def fault_of(statement):
    with engine().connect() as connection:
        try:
            connection.execute(text(statement))
            return ["none", ""]
        except exc.DBAPIError as fault:
            return [fault.orig.sqlstate, str(fault.orig)]


def transactions():
    found = []
    with engine().connect() as connection:
        outer = connection.begin()
        connection.execute(text(SQL["note"]))
        inner = connection.begin_nested()
        try:
            connection.execute(text(SQL["note"]))
            connection.execute(text("select 1 / 0"))
        except exc.DataError:
            inner.rollback()
            found.append("undone")
        found.append(rows(connection, SQL["notes"]))
        outer.rollback()
    with engine().connect() as connection:
        return found + [rows(connection, SQL["notes"])]


def large():
    with engine().connect() as connection:
        total = sum(len(each.x) for each in connection.execute(text(SQL["many"])))
        streaming = connection.execution_options(stream_results=True, max_row_buffer=1000)
        return [total, sum(1 for _ in streaming.execute(text(SQL["many"])))]


def own():
    with Session(engine()) as session:
        joined = select(Order.id, Customer.city).join(Customer, Customer.id == Order.customer_id).order_by(Order.id)
        totals = select(Order.customer_id, func.sum(Order.total), func.count()).group_by(Order.customer_id).order_by(Order.customer_id)
        first = session.get(Order, 1)
        ranked = func.rank().over(partition_by=Order.customer_id, order_by=Order.total.desc())
        found = [
            [tuple(each) for each in session.execute(joined)],
            [tuple(each) for each in session.execute(totals)],
            [first.id, first.total],
            [tuple(each) for each in session.execute(select(Order.id, ranked).order_by(Order.id))],
        ]
        session.add(Order(id=900, customer_id=1, total=5))
        session.flush()
        first.total = 8
        session.flush()
        found.append(session.scalar(select(func.count()).select_from(Order)))
        session.rollback()
        return found


def schema():
    sql = engine()
    seen = inspect(sql)
    found = [
        sorted(seen.get_table_names()),
        sorted(seen.get_view_names()),
        [[each["name"], str(each["type"]), each["nullable"]] for each in seen.get_columns("orders")],
        seen.get_pk_constraint("orders")["constrained_columns"],
        [each["referred_table"] for each in seen.get_foreign_keys("orders")],
        seen.get_enums()[0]["labels"],
    ]
    held = MetaData()
    made = Table("sqlalchemy_made", held, Column("id", Integer, primary_key=True), Column("label", String(40), unique=True), Column("doc", JSONB))
    held.create_all(sql)
    with sql.begin() as connection:
        adding = insert(made).values([{"label": "a", "doc": {"b": 1}}, {"label": "c", "doc": None}])
        found.append(rows(connection, adding.returning(made.c.id, made.c.label)))
        again = insert(made).values(label="a", doc={})
        connection.execute(again.on_conflict_do_update(index_elements=["label"], set_={"doc": again.excluded.doc}))
        found.append(rows(connection, select(made).order_by(made.c.id)))
    reflected = MetaData()
    reflected.reflect(sql, only=["sqlalchemy_made"])
    found.append([str(each.type) for each in reflected.tables["sqlalchemy_made"].columns])
    held.drop_all(sql)
    return found + [inspect(sql).has_table("sqlalchemy_made")]


def personal():
    with Session(engine()) as session:
        people = session.scalars(select(Customer).order_by(Customer.id)).all()
        names = ("id", "full_name", "email", "ssn", "salary", "birth_date", "city")
        with session.connection() as connection:
            return [[{name: getattr(each, name) for name in names} for each in people], rows(connection, SQL["personal"])]


if __name__ == "__main__":
    run(sqlalchemy.__version__, {
        "connect": asking(SQL["connect"]), "tls": tls, "simple": asking(SQL["simple"]), "prepared": prepared,
        "errors": lambda: [fault_of(each)[0] for each in STATES], "texts": lambda: [fault_of(each) for each in ERRORS],
        "transactions": transactions, "large": large, "own": own, "schema": schema, "personal": personal,
    })
