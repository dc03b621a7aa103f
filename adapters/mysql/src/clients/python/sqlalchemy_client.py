"""SQLAlchemy over PyMySQL: reflection, tables and mapped classes."""
import sqlalchemy
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, exc, func, inspect, select, text
from sqlalchemy.dialects.mysql import insert
from sqlalchemy.orm import Session, declarative_base, relationship
from trials import CA, DATABASE, ERRORS, HOST, PASSWORD, PORT, SQL, STATES, USER, run

Mapped = declarative_base()


class Customer(Mapped):
    __tablename__ = "customers"
    id = Column(Integer, primary_key=True)
    full_name = Column(String(80))
    email = Column(String(80))
    ssn = Column(String(40))
    salary = Column(sqlalchemy.Numeric(10, 2))
    city = Column(String(80))
    orders = relationship("Order", order_by="Order.id")


class Order(Mapped):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    customer_id = Column(Integer, sqlalchemy.ForeignKey("customers.id"))
    total = Column(Integer)


def engine(host=HOST, **more):
    url = sqlalchemy.URL.create("mysql+pymysql", USER, PASSWORD, host, PORT, DATABASE)
    return create_engine(url, connect_args=more or {"ssl_disabled": True})


def rows(connection, statement, values=None):
    return [dict(each._mapping) for each in connection.execute(text(statement) if isinstance(statement, str) else statement, values or {})]


def asking(statement):
    def trial():
        with engine().connect() as connection:
            return rows(connection, statement)
    return trial


def tls():
    with engine("localhost", ssl_ca=CA, ssl_verify_identity=True).connect() as connection:
        return rows(connection, SQL["list"])


def prepared():
    with engine().connect() as connection:
        return [rows(connection, "select total from orders where id = :id", {"id": at}) for at in (1, 2, 1)]


def fault_of(connection, statement):
    try:
        connection.execute(text(statement))
        return ["none", ""]
    except exc.DBAPIError as fault:
        connection.rollback()
        return [fault.orig.args[0], fault.orig.args[1]]


def faults(statements, texts):
    with engine().connect() as connection:
        found = [fault_of(connection, each) for each in statements]
        return found if texts else [each[0] for each in found]


def transactions():
    found = []
    with engine().connect() as connection:
        outer = connection.begin()
        connection.execute(text(SQL["note"]))
        inner = connection.begin_nested()
        try:
            connection.execute(text(SQL["note"]))
            connection.execute(text("select nosuch"))
        except exc.DBAPIError:
            inner.rollback()
            found.append("undone")
        found.append(rows(connection, SQL["notes"]))
        outer.rollback()
    with engine().connect() as connection:
        return found + [rows(connection, SQL["notes"])]


def stream():
    with engine().connect().execution_options(stream_results=True, yield_per=500) as connection:
        return sum(len(each.x) for each in connection.execute(text(SQL["many"])))


def own():
    with Session(engine()) as session:
        orders = session.scalars(select(Order).where(Order.id.in_([1, 2, 3])).order_by(Order.id)).all()
        totals = session.execute(select(Order.customer_id, func.sum(Order.total)).group_by(Order.customer_id).order_by(Order.customer_id)).all()
        customer = session.get(Customer, 3)
        return [[(each.id, each.total) for each in orders], [tuple(each) for each in totals], [each.id for each in customer.orders], customer.city]


def schema():
    meta = MetaData()
    made = Table("alchemy_made", meta, Column("id", Integer, primary_key=True), Column("label", String(40), unique=True), Column("doc", sqlalchemy.JSON))
    here = engine()
    meta.drop_all(here)
    meta.create_all(here)
    with here.begin() as connection:
        connection.execute(made.insert(), [{"label": "a", "doc": {"b": 1}}, {"label": "c", "doc": None}])
        statement = insert(made).values(label="a", doc=[1])
        connection.execute(statement.on_duplicate_key_update(doc=statement.inserted.doc))
        found = [rows(connection, made.select().order_by(made.c.id))]
    looked = inspect(here)
    found.append([(each["name"], str(each["type"]), each["nullable"]) for each in looked.get_columns("alchemy_made")])
    found.append(looked.get_unique_constraints("alchemy_made"))
    found.append([looked.get_table_names(), looked.get_view_names(), looked.get_pk_constraint("orders"), looked.get_indexes("customers")])
    meta.drop_all(here)
    return found + [inspect(here).has_table("alchemy_made")]


def personal():
    with Session(engine()) as session:
        people = session.scalars(select(Customer).order_by(Customer.id)).all()
        mapped = [{"id": each.id, "full_name": each.full_name, "email": each.email, "ssn": each.ssn, "salary": each.salary, "city": each.city} for each in people]
        return [mapped, rows(session, SQL["personal"])]


if __name__ == "__main__":
    run(sqlalchemy.__version__, {
        "connect": asking(SQL["connect"]), "tls": tls, "simple": asking(SQL["simple"]), "prepared": prepared, "types": asking(SQL["types"]),
        "stream": stream, "errors": lambda: faults(STATES, False), "texts": lambda: faults(ERRORS, True), "transactions": transactions,
        "own": own, "schema": schema, "personal": personal,
    })
