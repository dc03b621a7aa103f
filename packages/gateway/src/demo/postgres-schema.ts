/** The demo's database: a small shop with what shops keep, and the accounts that the gateway uses. */

/** Run by the superuser in the database `shop`. */
export const SHOP_SCHEMA = `
create table customers (
  id integer primary key,
  full_name text not null,
  email text not null unique,
  phone text not null,
  birth_date date not null,
  national_id text not null,
  iban text not null,
  street_address text not null,
  city text not null,
  country text not null,
  joined_on date not null
);
create table products (
  id integer primary key,
  sku text not null unique,
  title text not null,
  price numeric(10, 2) not null
);
create table orders (
  id integer primary key,
  customer_id integer not null references customers,
  status text not null,
  placed_at timestamptz not null,
  total numeric(10, 2) not null
);
create table order_items (
  order_id integer not null references orders,
  product_id integer not null references products,
  quantity integer not null,
  unit_price numeric(10, 2) not null,
  primary key (order_id, product_id)
);
create table payments (
  id integer primary key,
  order_id integer not null references orders,
  card_number text not null,
  card_holder text not null,
  amount numeric(10, 2) not null,
  ip_address inet not null,
  paid_at timestamptz not null
);
create table support_tickets (
  id integer primary key,
  customer_id integer not null references customers,
  subject text not null,
  body text not null,
  state text not null,
  opened_at timestamptz not null
);
create table staff (
  id integer primary key,
  full_name text not null,
  email text not null,
  job text not null,
  salary integer not null,
  hired_on date not null
);
comment on column support_tickets.body is 'What the customer wrote. gatehouse: pii';

create view order_overview as
  select o.id, o.placed_at, o.status, o.total, c.full_name as customer, c.email as customer_email
  from orders o join customers c on c.id = o.customer_id;

create function order_total(wanted integer) returns numeric language sql stable
  as 'select sum(quantity * unit_price) from order_items where order_id = wanted';

create function customer_export() returns setof text language plpgsql
  as 'begin return query select c::text from customers c; end';
`

/** The gateway's own accounts: neither owns a table, neither is a superuser. `quote` writes a literal. */
export function shopAccounts(
  passwords: { readonly reader: string; readonly admin: string },
  quote: (text: string) => string,
) {
  return `
create role gatehouse login password ${quote(passwords.reader)};
create role gatehouse_admin login password ${quote(passwords.admin)};
grant select on all tables in schema public to gatehouse, gatehouse_admin;
grant insert, update, delete on all tables in schema public to gatehouse_admin;
grant update, delete on support_tickets to gatehouse;
`
}
