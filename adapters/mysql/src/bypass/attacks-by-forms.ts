/** Table: ways round the masks by forms that are written down nowhere as such: each showed a personal cell at the server itself. */
import { type Attack, harms, only, reveals } from './attack.js'

/** As long as MariaDB keeps of an alias. */
const LONG = `\`${'s'.repeat(255)}\``

export const ATTACKS_BY_FORMS: readonly Attack[] = [
  ...reveals('windows', [
    'select first_value(ssn) over (order by id rows between unbounded preceding and current row) from customers',
    'select nth_value(ssn, 2) over (order by id rows between unbounded preceding and unbounded following) x from customers',
    'select sum(salary) over (order by id rows between current row and current row) from customers',
  ]),
  ...only.mysql.reveals('windows', ["select lag(email, 1, 'x') over (order by id) from customers"]),
  ...only.mariadb.reveals('windows', [
    'select percentile_cont(0) within group (order by salary) over () from customers',
    'select median(salary) over (partition by id) from customers',
  ]),
  ...reveals('JSON', [
    "select j.v from customers c, json_table(json_array(c.ssn), '$[*]' columns (v varchar(40) path '$')) j",
    "select j.v from documents d, json_table(d.profile, '$' columns (v varchar(80) path '$.ssn')) j",
    "select j.o, j.v from documents d, json_table(d.profile, '$' columns (o for ordinality, nested path '$.*' columns (v varchar(90) path '$'))) j",
    'select json_objectagg(id, ssn) from customers',
    'select json_arrayagg(email) from customers',
    'select json_keys(json_objectagg(ssn, 1)) from customers',
    // A document that becomes a key.
    'select json_objectagg(profile, id) from documents',
    'select json_object(profile, 1) from documents',
    "select json_objectagg(json_extract(profile, '$.ssn'), 1) from documents",
    "select json_array(json_object(concat(profile, ''), id)) from documents",
    "select json_unquote(json_extract(profile, concat('$.', 'ssn'))) from documents",
    "select json_merge_patch(profile, '{}') from documents",
    "select json_value(profile, '$.ssn' ) from documents",
    'select json_pretty(profile) from documents',
  ]),
  ...only.mysql.reveals('JSON', ["select profile->>'$.ssn' from documents"]),
  ...only.mariadb.reveals('JSON', [
    'select json_compact(profile) from documents',
    "select column_json(column_create('a', ssn)) from customers",
  ]),
  ...only.mysql.reveals('queries beside queries', [
    'select l.x from customers c, lateral (select c.ssn as x) l',
    "select l.x from customers c left join lateral (select concat(c.ssn, '') x union all select c.email) l on true",
    'with c(a,b,c,d,e,f,g,h,i,j,k,l,m) as (table customers) select d, f from c',
  ]),
  ...reveals('queries beside queries', [
    "with recursive r(n, s) as (select 1, cast('' as char(200)) union all select n + 1, (select concat(r.s, ssn) from customers where id = n) from r where n < 4) select * from r",
    'with recursive t as (select ssn, id from customers where id = 1 union select c.ssn, c.id from customers c join t on c.id = t.id + 1) select * from t',
    'with customers as (select 1 as ssn) select * from customers union select ssn from shop.customers',
  ]),
  ...only.mysql.reveals('rows without a table', [
    'values row((select ssn from customers limit 1), 2)',
    'select column_0 from (values row((select group_concat(ssn) from customers))) v',
    'table customers order by id limit 1 offset 1',
    '(table customers) union distinct (table customers)',
    'select * from (table customers) t',
  ]),
  ...only.mariadb.reveals('rows without a table', [
    'values ((select ssn from customers limit 1))',
    'select * from (values (1), ((select ssn from customers limit 1))) v',
    "insert into notes (subject) values ('a') returning (select ssn from customers limit 1)",
  ]),
  ...reveals('HANDLER and PROCEDURE ANALYSE', [
    ['handler customers open as h', 'handler h read first'],
    ['handler shop.customers open', 'handler customers read by_email next'],
  ]),
  ...only.mariadb.reveals('HANDLER and PROCEDURE ANALYSE', [
    'select ssn from customers procedure analyse()',
    'select * from customers procedure analyse(10, 2000)',
  ]),
  ...reveals('generated columns', [
    'select email_folded from customers',
    'select default(level), concat(email_folded) from customers',
    'select max(email_folded) from customers',
    // From a column that is made from another one, by an expression or by default.
    [
      'alter table customers add a1 varchar(80) as (reverse(ssn)), add a2 varchar(80) as (reverse(a1)), add a3 varchar(80) as (a2)',
      'select a3 from customers',
      'alter table customers drop a3, drop a2, drop a1',
    ],
    [
      'alter table customers add b1 varchar(80) default (reverse(ssn)), add b2 varchar(80) default (reverse(b1))',
      'select b2 from customers',
      'alter table customers drop b2, drop b1',
    ],
  ]),
  ...only.mysql.reveals('generated columns', [
    [
      'alter table customers add c1 varchar(80) as (reverse(ssn)), add c2 varchar(80) default (reverse(c1))',
      'select c2 from customers',
      'alter table customers drop c2, drop c1',
    ],
  ]),
  ...reveals('user variables', [
    ['select ssn into @v from customers where id = 1', 'select @v'],
    ['select salary into @s from customers where id = 1', 'select @s + 1 - 1'],
    ['select @x := ssn from customers', 'select reverse(reverse(@x))'],
    ['set @y = (select group_concat(ssn) from customers)', 'select @y'],
    ['do @z := (select email from customers limit 1)', 'select @z'],
    ['update notes set body = (@q := (select ssn from customers limit 1)) where id = 1', 'select @q'],
    ['select 1 into @a', 'select ssn from customers where id = 1 into @a', 'set @b = @a', 'select @b'],
    ['select count(*) from customers where (@c := ssn) is not null', 'select @c'],
    ["set @q = 'select ssn from customers'", 'prepare p from @q', 'execute p'],
    ["set @q = concat('select ss', 'n from customers')", 'prepare p from @q', 'execute p'],
    ["prepare p from 'select ssn from customers where id = ?'", 'set @i = 1', 'execute p using @i'],
    ["prepare p from 'select ? as x'", 'set @i = (select ssn from customers limit 1)', 'execute p using @i'],
    ["set sql_mode=(select concat(@@sql_mode, ',PIPES_AS_CONCAT'))", 'select ssn || email from customers'],
  ]),
  // A trigger puts what is masked into a variable of the session that fires it.
  ...reveals('variables that code of the database sets', [
    ...[
      ['update notes set body = @kept where id = 2', 'select body from notes'],
      ['insert into notes (subject) values (@`kept`)', 'select subject from notes'],
      ["insert into notes (subject) select concat(@KEPT, '')", 'select subject from notes'],
      [
        "prepare p from 'insert into notes (subject) values (?)'",
        'execute p using @kept',
        'select * from notes',
      ],
      ["set @x = @'kept'", 'insert into notes (subject) values (@x)', 'select subject from notes'],
      ['set @x = 1, @y = @kept', 'insert into notes (subject) values (@y)', 'select subject from notes'],
      ['select @kept into @x', 'insert into notes (subject) values (@x)', 'select subject from notes'],
    ].map((steps) => ['begin', "update notes set subject = 'keep' where id = 1", ...steps, 'rollback']),
    [
      'begin',
      "set @kept = 'mine'",
      "update notes set subject = 'keep' where id = 1; insert into notes (subject) values (@kept)",
      'select subject from notes',
      'rollback',
    ],
    [
      'begin',
      'update orders set total = -1 where id = 1',
      'get diagnostics condition 1 @m = message_text',
      'insert into notes (subject) values (@m)',
      'select subject from notes',
      'rollback',
    ],
    [
      'set @x = contact_of(1)',
      'begin',
      'insert into notes (subject) values (@x)',
      'select subject from notes',
      'rollback',
    ],
  ]),
  ...only.mysql.reveals('variables that code of the database sets', [
    // The other server reads the variable once.
    ['begin', "update notes set subject = 'keep', body = @kept", 'select body from notes', 'rollback'],
    // A plan quotes the row that the server read to make it.
    [
      'begin',
      'explain format = json into @v select ssn from customers where id = 1',
      'insert into notes (body) values (left(@v, 600))',
      'select body from notes',
      'rollback',
    ],
  ]),
  // Two names to whoever reads them, one to the server's collation.
  ...reveals('prepared names', [
    ["prepare `á` from 'select 1'", "prepare `à` from 'select ssn from customers'", 'execute `á`'],
    [
      "prepare `ñ` from 'select name from customers'",
      "prepare `ń` from 'select concat(ssn) from customers'",
      'execute `ñ`',
    ],
  ]),
  ...harms('prepared names', [
    ["prepare `é` from 'select 1'", "prepare `ê` from 'delete from notes'", 'execute `é`'],
  ]),
  ...only.mysql.reveals('prepared names', [
    ["prepare a from 'select 1'", "prepare `á` from 'select concat(ssn) from customers'", 'execute a'],
    ["prepare a from 'select 1'", "prepare `a ` from 'select concat(ssn) from customers'", 'execute a'],
  ]),
  // MariaDB's JSON is text: what stands under a path has keys of its own.
  ...reveals('JSON in JSON', [
    [
      `insert into documents values (9, '{"contact": {"ssn": "641-28-7395", "list": [{"email": "quokka7391zeta@walnut.example"}]}}')`,
      "select json_extract(profile, '$.contact') from documents where id = 9",
      "select json_extract(profile, '$.contact.list') from documents where id = 9",
      "select json_extract(profile, '$.contact.list[0]') from documents where id = 9",
      "select x.a from (select json_extract(profile, '$.contact') as a from documents where id = 9) x",
    ],
    [
      "update documents set profile = json_insert(profile, '$.x', profile) where id = 1",
      "select json_extract(profile, '$.x') from documents where id = 1",
    ],
    [
      'insert into documents (id, profile) select 9, json_array(profile) from documents where id = 1',
      "select json_extract(profile, '$[0]') from documents where id = 9",
    ],
  ]),
  ...only.mariadb.reveals('JSON in JSON', [
    [
      "update documents set profile = json_array_append(profile, '$.city', profile) where id = 1",
      "select json_query(profile, '$.city') from documents where id = 1",
    ],
  ]),
  // One name to the server and two to whoever reads it, or the other way round: another query's column is hidden, or is not.
  ...reveals('names that are one, or two', [
    "select (select concat(`ασ`, '') from (select ssn as `ΑΣ` from customers limit 1) t) from (select 'x' as `ασ`) u",
    "select (select concat(`ΑΣ`, '') from (select ssn as `ασ` from customers limit 1) t) from (select 'x' as `ΑΣ`) u",
    "select (select concat(`ას`, '') from (select 'x' as `ᲐᲡ`) t) from (select ssn as `ას` from customers limit 1) u",
    "select (select concat(`ა`, '') from (select 'x' as 'Ა') t) from (select ssn as `ა` from customers limit 1) u",
    "select (select concat(`Ꭰ`, '') from (select 'x' as `ꭰ`) t) from (select ssn as `Ꭰ` from customers limit 1) u",
    "select (select concat(s, '') from (select ssn as ` s` from customers limit 1) t) from (select 'x' as s) u",
    "select (select concat(s, '') from (select ssn as ' \t s' from customers limit 1) t) from (select 'x' as s) u",
    "select (select concat(T.s, '') from (select 'x' as s) t) from (select ssn as s from customers limit 1) T",
    "select (select concat(c.ssn, '') from (select 'x' as ssn) C) from customers c",
    [
      "select (select concat(s, '') from (select ssn as 'q' from customers limit 1) t) from (select 'x' as s) u",
      "select (select concat(s, '') from (select ssn as 's' from customers limit 1) t) from (select 'x' as s) u",
    ],
  ]),
  ...only.mariadb.reveals('names that are one, or two', [
    "with ა as (select ssn as s from customers), Ა as (select 'x' as s) select concat(s, '') from ა",
    "select * from (with ασ as (select 'x' as s) select (with ΑΣ as (select ssn as s from customers limit 1) select concat(s, '') from ασ)) t",
    `select (select concat(${LONG}, '') from (select ssn as ${LONG.slice(0, -1)}cut\` from customers limit 1) t) from (select 'x' as ${LONG}) u`,
  ]),
  ...only.mysql.reveals('names that are one, or two', [
    "with CUSTOMERS as (select 'x' as ssn) select concat(ssn, '') from customers",
  ]),
  ...only.mariadb.reveals('prepared texts', ["execute immediate 'select ssn from customers'"]),
  ...reveals('character sets', [
    'select convert(ssn using utf16) from customers',
    'select convert(ssn using binary) x from customers',
    'select cast(ssn as char character set ucs2) from customers',
    "select _latin1'a' union select ssn from customers",
    "select n'x' union all select ssn from customers",
    "select x'41' union all select ssn from customers",
  ]),
  ...only.mysql.reveals('character sets', ['select ssn collate utf8mb4_bin from customers']),
  ...only.mariadb.reveals('character sets', ['select weight_string(ssn) from customers']),
  ...reveals('hints', [
    'select /*+ QB_NAME(a) */ ssn from customers',
    'select /*+ NO_MERGE(x) */ x.s from (select /*+ QB_NAME(q) */ ssn s from customers) x',
    'select /*+ MAX_EXECUTION_TIME(1000) */ (select /*+ SEMIJOIN() */ ssn from customers limit 1)',
  ]),
  ...reveals('comments', [
    'select /*!40101 ssn */ from customers',
    "select 'a' /*!99999 , 'b' */ /*!00000 , ssn */ from customers",
    'select id /*! , /* nested */ ssn */ from customers',
    'select/**/ssn/**/from/**/customers',
    `select ssn -- 
 from customers`,
    `select ssn # x
 from customers`,
    'select 1 --1 union select ssn from customers',
    ["set sql_mode = 'NO_BACKSLASH_ESCAPES'", "select '\\', ssn from customers -- '"],
  ]),
  ...only.mariadb.reveals('comments', ['select 1 /*M!100000 union select ssn from customers */']),
  ...only.mysql.reveals('comments', ['select 1 /*!80000 union select ssn from customers */']),
  ...reveals('sql_mode', [
    ["set sql_mode = 'ANSI_QUOTES'", 'select "ssn" from "customers"'],
    ["set sql_mode = 'PIPES_AS_CONCAT'", "select '' || ssn from customers"],
    ["set sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'", `select '\\' , "ssn" from customers`],
    [
      "set sql_mode = 'IGNORE_SPACE'",
      'select concat (ssn) from customers',
      'select group_concat (email) from customers',
    ],
  ]),
  ...only.mariadb.reveals('sql_mode', [
    ["set sql_mode = 'ORACLE'", "select ssn || '' from customers"],
    ["set sql_mode = 'MSSQL'", 'select [ssn] from customers'],
    'set statement max_statement_time = 5 for select ssn from customers',
  ]),
  ...only.mariadb.reveals('tables of MariaDB', [
    ['alter table customers add system versioning', 'select ssn from customers for system_time as of now()'],
    ['create sequence shop.sq', 'select nextval(sq), (select ssn from customers limit 1)'],
    'insert into notes (subject) select ssn from customers returning subject',
    'delete from customers where id = 1 returning ssn',
    'select * from customers offset 1 row fetch next 1 rows only',
    'select ssn from customers order by id fetch first 1 rows with ties',
    'select ssn from customers where id = 1 for update skip locked',
    "select sformat('{}', ssn) from customers",
    "select to_char(birth_date, 'YYYY-MM-DD') from customers",
    "select column_get(column_create('a', ssn), 'a' as char) from customers",
    "select decode_oracle(id, 1, ssn, 'x') from customers",
    "select nvl(ssn,'') , nvl2(ssn, ssn, 1) from customers",
  ]),
  ...reveals('expressions', [
    'select card_number from payments partition (early)',
    'select * from payments partition (late, early)',
    'select ssn from customers lock in share mode',
    ["xa start 'a'", 'select ssn from customers', "xa end 'a'", "xa rollback 'a'"],
    'select * from customers natural join (select 1 as id) x',
    'select c.* from customers c join customers d using (id)',
    'select ssn as `select`, email as `from` from customers',
    'select `customers`.`ssn` from `shop`.`customers`',
    'select shop.customers.ssn from shop.customers',
    'select {fn concat(ssn)} from customers',
    "select {d '2020-01-01'}, {fn ucase(ssn)} from customers",
    'select ssn from {oj customers left outer join notes on 1=1}',
    'select straight_join ssn from customers',
    'select sql_no_cache sql_calc_found_rows ssn from customers',
    'select all ssn from customers use index (by_ssn)',
    'select high_priority distinctrow ssn from customers',
    'select ssn from customers group by 1 having 1',
    "select case when 1 then ssn end, if(1, email, 0), nullif(phone, 1), ifnull(null, iban), greatest(ssn, ''), least(ssn, 'zz'), elt(1, ssn), field(ssn, 'a'), coalesce(null, ssn), interval(1, salary) from customers",
    "select export_set(5, ssn, 'n', ',', 3), make_set(1, ssn), insert(ssn, 1, 0, ''), lpad(ssn, 40, ' '), repeat(ssn, 1), quote(ssn), space(0) from customers",
    "select aes_encrypt(ssn, 'k'), to_base64(ssn), compress(ssn), uncompressed_length(compress(ssn)), soundex(full_name), crc32(ssn), conv(hex(ssn), 16, 10), inet_aton(ssn), bin(salary), oct(salary) from customers",
    'select st_astext(point(salary, 0)), st_x(point(salary,1)) from customers',
    'select format(salary, 2), truncate(salary, 0), round(salary), salary div 1, salary % 1000000, -salary, ~cast(salary as unsigned), salary | 0, salary ^ 0 from customers',
    "select date_format(birth_date, '%Y%m%d'), to_days(birth_date), unix_timestamp(birth_date), birth_date + 0, datediff(birth_date, '1970-01-01'), timestampdiff(day, '1970-01-01', birth_date), extract(year_month from birth_date), yearweek(birth_date), last_day(birth_date), adddate(birth_date, 0), str_to_date(birth_date, '%Y-%m-%d'), makedate(year(birth_date), dayofyear(birth_date)) from customers",
    "select regexp_substr(ssn, '.*'), regexp_replace(ssn, 'x', ''), regexp_instr(ssn, '6'), ssn rlike '^6' from customers",
    "select updatexml('<a>1</a>', '/a', ssn), extractvalue(concat('<a>', ssn, '</a>'), '/a') from customers",
    "select std(salary), variance(salary), bit_xor(salary), bit_and(salary), min(ssn), max(email), group_concat(distinct ssn order by ssn separator '|') from customers where id = 1",
    'select (select ssn from customers where id = n.id) from notes n',
    'select last_insert_id(salary) from customers',
    ['select last_insert_id(salary) from customers where id = 1', 'select last_insert_id()'],
    ['insert into notes (id, body) select id + 100, ssn from customers', 'select body from notes'],
    ['replace into notes (id, body) select 1, ssn from customers', 'select body from notes'],
    ['create temporary table tt select * from customers', 'select ssn from tt'],
    [
      'update orders o join customers c on c.id = o.customer_id set o.total = c.salary',
      'select total from orders',
    ],
    "select ssn from customers except select 'a'",
  ]),
  ...only.mysql.reveals('expressions', [
    'select ssn from customers for share of customers nowait',
    'select any_value(ssn) from customers',
    'select ssn, grouping(ssn) from customers group by ssn with rollup',
    'select uuid_to_bin(ssn), bin_to_uuid(ssn) from customers',
    'select * from customers intersect select * from customers',
    "select to_vector(concat('[', salary, ']')), vector_to_string(to_vector(concat('[', salary, ']'))) from customers",
  ]),
  ...only.mariadb.reveals('expressions', [
    'begin not atomic select ssn from customers; end',
    'begin not atomic declare x varchar(90); select ssn into x from customers limit 1; select x; end',
    'begin not atomic for r in (select ssn from customers) do select r.ssn; end for; end',
    'select .customers.ssn from customers',
    [
      'create temporary table tt like customers',
      'insert into tt select * from customers',
      'select ssn from tt',
    ],
  ]),
  ...reveals('rows without a table', [
    [
      'insert into orders (id, customer_id) values (900, (select salary from customers where id = 1))',
      'select customer_id from orders where id = 900',
    ],
  ]),
]
