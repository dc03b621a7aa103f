--: tool an analyst, over tables with masked columns
--: source our own
--: statement
select * from customers order by id
--: statement
select * from contacts order by id
--: statement
select c.*, o.total from customers c join orders o on o.customer_id = c.id order by o.id limit 10
--: statement
select id, email, phone, ssn, birth_date, salary from customers order by id
--: statement
select c from customers c order by id limit 2
--: statement
select name, email, city from customers where id < 10 order by id
--: statement
select upper(email), phone || '!', city from customers order by id limit 5
--: statement
select count(*), count(email) from customers
--: statement
table contacts
--: statement
select id from customers where email is not null order by id limit 3
--: statement
select name from customers where phone = '+49 30 555007'
--: statement
select coalesce(email, 'none'), left(ssn, 3), name from customers order by id limit 3
