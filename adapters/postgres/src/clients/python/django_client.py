"""Django over psycopg 3: models, its own transactions, migrations' schema editor and introspection."""
import django
from django.conf import settings
from django.db import IntegrityError, connection, connections, models, transaction
from django.db.models import Count, F, Sum
from django.db.utils import Error
from trials import CA, DATABASE, ERRORS, HOST, PASSWORD, PORT, SQL, STATES, USER, run

ADDRESS = {"ENGINE": "django.db.backends.postgresql", "HOST": HOST, "PORT": PORT, "USER": USER, "PASSWORD": PASSWORD, "NAME": DATABASE}
SECURE = {**ADDRESS, "HOST": "localhost", "OPTIONS": {"sslmode": "verify-full", "sslrootcert": CA}}
settings.configure(DATABASES={"default": {**ADDRESS, "OPTIONS": {"sslmode": "disable"}}, "secure": SECURE}, USE_TZ=True)
django.setup()


class Customer(models.Model):
    id = models.IntegerField(primary_key=True)
    full_name = models.TextField()
    email = models.TextField()
    ssn = models.TextField()
    birth_date = models.DateField(null=True)
    city = models.TextField()

    class Meta:
        app_label, db_table, managed = "shop", "customers", False


class Order(models.Model):
    id = models.IntegerField(primary_key=True)
    customer = models.ForeignKey(Customer, models.DO_NOTHING)
    total = models.IntegerField()
    placed = models.DateField()

    class Meta:
        app_label, db_table, managed = "shop", "orders", False


class Made(models.Model):
    label = models.CharField(max_length=40, unique=True)
    doc = models.JSONField(null=True)

    class Meta:
        app_label, db_table = "shop", "django_made"


def rows(text, values=None, over=connection):
    with over.cursor() as cursor:
        cursor.execute(text, values)
        return [dict(zip([each[0] for each in cursor.description], row)) for row in cursor.fetchall()]


def fault_of(text):
    try:
        with connection.cursor() as cursor:
            cursor.execute(text)
        return ["none", ""]
    except Error as fault:
        return [fault.__cause__.sqlstate, str(fault)]


def transactions():
    found = []
    try:
        with transaction.atomic():
            rows(SQL["note"] + " returning subject")
            try:
                with transaction.atomic():
                    rows(SQL["note"] + " returning subject")
                    rows("select 1 / 0")
            except Error:
                found.append("undone")
            found.append(rows(SQL["notes"]))
            raise KeyError("back")
    except KeyError:
        return found + [rows(SQL["notes"])]


def own():
    found = [
        list(Order.objects.values("customer").annotate(total=Sum("total"), n=Count("id")).order_by("customer")),
        list(Order.objects.select_related("customer").order_by("id").values("id", "customer__city")[:5]),
        list(Order.objects.filter(id__in=[1, 2, 3], total__gt=F("id")).order_by("-id").values_list("id", "total")),
        Order.objects.filter(placed__year=2024).exclude(id__lt=5).count(),
        Order.objects.order_by("id").iterator(chunk_size=7).__next__().total,
    ]
    with transaction.atomic():
        found.append(Order.objects.filter(id=1).update(total=F("total") + 1))
        try:
            with transaction.atomic():
                Order.objects.create(id=1, customer_id=1, total=1, placed="2024-01-01")
        except IntegrityError:
            found.append("refused")
        transaction.set_rollback(True)
    return found


def schema():
    with connection.schema_editor() as editor:
        editor.create_model(Made)
    Made.objects.bulk_create([Made(label="a", doc={"b": 1}), Made(label="c")])
    Made.objects.update_or_create(label="a", defaults={"doc": {}})
    found = [list(Made.objects.order_by("id").values("id", "label", "doc"))]
    extra = models.IntegerField(default=5)
    extra.set_attributes_from_name("extra")
    with connection.schema_editor() as editor:
        editor.add_field(Made, extra)
    with connection.cursor() as cursor:
        tables = sorted(each.name for each in connection.introspection.get_table_list(cursor))
        constraints = connection.introspection.get_constraints(cursor, "django_made")
        found.append([tables, sorted(str(each["columns"]) for each in constraints.values())])
        found.append([each.name for each in connection.introspection.get_table_description(cursor, "django_made")])
    with connection.schema_editor() as editor:
        editor.delete_model(Made)
    return found


def personal():
    names = ("id", "full_name", "email", "ssn", "birth_date", "city")
    return [
        [{name: getattr(each, name) for name in names} for each in Customer.objects.order_by("id")],
        list(Customer.objects.filter(city="Lyon").values("email", "ssn")),
        rows(SQL["personal"]),
    ]


if __name__ == "__main__":
    run(django.__version__, {
        "connect": lambda: rows(SQL["connect"]), "tls": lambda: rows(SQL["list"], over=connections["secure"]),
        "simple": lambda: rows(SQL["simple"]), "prepared": lambda: [rows("select total from orders where id = %s", [at]) for at in (1, 2)],
        "errors": lambda: [fault_of(each)[0] for each in STATES], "texts": lambda: [fault_of(each) for each in ERRORS],
        "transactions": transactions, "large": lambda: sum(len(each["x"]) for each in rows(SQL["many"].replace("%", "%%"), [])),
        "own": own, "schema": schema, "personal": personal,
    })
