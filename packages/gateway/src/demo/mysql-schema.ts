/** The demo's shop for MariaDB and MySQL: the same tables, and the accounts that the gateway uses. */

/** Run one by one by root in the database `shop`. */
export const MYSQL_SHOP: readonly string[] = [
  `create table customers (
    id integer primary key,
    full_name varchar(80) not null,
    email varchar(120) not null unique,
    phone varchar(40) not null,
    birth_date date not null,
    national_id varchar(20) not null,
    iban varchar(34) not null,
    street_address varchar(120) not null,
    city varchar(60) not null,
    country char(2) not null,
    joined_on date not null
  )`,
  `create table products (
    id integer primary key,
    sku varchar(20) not null unique,
    title varchar(80) not null,
    price decimal(10, 2) not null
  )`,
  `create table orders (
    id integer primary key,
    customer_id integer not null,
    status varchar(20) not null,
    placed_at datetime not null,
    total decimal(10, 2) not null,
    foreign key (customer_id) references customers (id)
  )`,
  `create table order_items (
    order_id integer not null,
    product_id integer not null,
    quantity integer not null,
    unit_price decimal(10, 2) not null,
    primary key (order_id, product_id),
    foreign key (order_id) references orders (id),
    foreign key (product_id) references products (id)
  )`,
  `create table payments (
    id integer primary key,
    order_id integer not null,
    card_number varchar(19) not null,
    card_holder varchar(80) not null,
    amount decimal(10, 2) not null,
    ip_address varchar(45) not null,
    paid_at datetime not null,
    foreign key (order_id) references orders (id)
  )`,
  `create table support_tickets (
    id integer primary key,
    customer_id integer not null,
    subject varchar(120) not null,
    body text not null comment 'What the customer wrote. gatehouse: pii',
    state varchar(20) not null,
    opened_at datetime not null,
    foreign key (customer_id) references customers (id)
  )`,
  `create table staff (
    id integer primary key,
    full_name varchar(80) not null,
    email varchar(120) not null,
    job varchar(60) not null,
    salary integer not null,
    hired_on date not null
  )`,
  `create view order_overview as
    select o.id, o.placed_at, o.status, o.total, c.full_name as customer, c.email as customer_email
    from orders o join customers c on c.id = o.customer_id`,
  `create function order_total(wanted integer) returns decimal(10, 2) reads sql data
    return (select sum(quantity * unit_price) from order_items where order_id = wanted)`,
  'create procedure customer_export() select concat_ws(0x2c, full_name, email, iban) from customers',
]

/** The gateway's own accounts: neither may change a table's shape or see the server's own. `quote` writes a literal. */
export function mysqlAccounts(
  passwords: { readonly reader: string; readonly admin: string },
  quote: (text: string) => string,
): readonly string[] {
  const see = 'select, show view, trigger, execute'
  return [
    `create user gatehouse@'127.0.0.1' identified by ${quote(passwords.reader)}`,
    `create user gatehouse_admin@'127.0.0.1' identified by ${quote(passwords.admin)}`,
    `grant ${see} on shop.* to gatehouse@'127.0.0.1'`,
    `grant ${see}, insert, update, delete on shop.* to gatehouse_admin@'127.0.0.1'`,
    `grant update, delete on shop.support_tickets to gatehouse@'127.0.0.1'`,
  ]
}
