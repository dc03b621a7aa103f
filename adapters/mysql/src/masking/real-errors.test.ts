/** R20 on real servers: every error and warning that carries a value is provoked, and nothing of the value is left. */
import { describePart, type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ScrubContext, scrubError, scrubText } from './index.js'

const SECRETS = ['123-45', '45-67', '987-65', '6789', 'abc-secret', '[HERE]', '4242']
const NAMES = new Set(
  'd people id ssn boss u_ssn counts n m child parent fk_parent positive parted docs doc times at short v named label y j shown id500 sql_mode'.split(
    ' ',
  ),
)
const context = (statementText: string): ScrubContext => ({
  statementText,
  isName: (name) => NAMES.has(name.toLowerCase()),
})

const SETUP = [
  'create database d',
  'use d',
  'create table people (id int primary key, ssn varchar(60), boss int, unique key u_ssn (ssn))',
  "insert into people values (1, '123-45-6789', 1), (2, '987-65-4321', 1)",
  'create table counts (n int not null, m int not null)',
  'create table child (id int, parent int, constraint fk_parent foreign key (parent) references people (id))',
  'insert into child values (1, 1)',
  'create table positives (v int, constraint positive check (v > 0))',
  'create table parted (n int) partition by list (n) (partition p0 values in (1))',
  'create table docs (doc json)',
  'create table times (at datetime)',
  'create table short (v varchar(3))',
  "create table named (label enum('a', 'b'))",
  'create view shown as select id from people where id < 100 with check option',
  `create procedure tell(code int) begin declare m varchar(100);
     select concat('Column ''', ssn, ''' cannot be null') into m from people limit 1;
     if code = 1048 then signal sqlstate '23000' set message_text = m, mysql_errno = 1048; end if;
     signal sqlstate '45000' set message_text = m; end`,
]

/** Statement, number, and what the viewer reads. Left out: that server says nothing, or says it as a warning. */
const ERRORS: readonly (readonly [
  statement: string,
  code: number,
  shown: string,
  only?: 'mysql' | 'mariadb',
])[] = [
  [
    "insert into people values (3, '123-45-6789', 1)",
    1062,
    "Duplicate entry '***' for key 'u_ssn'",
    'mariadb',
  ],
  [
    "insert into people values (3, '123-45-6789', 1)",
    1062,
    "Duplicate entry '***' for key 'people.u_ssn'",
    'mysql',
  ],
  [
    'select count(*), concat((select ssn from people limit 1), floor(rand(0) * 2)) x from information_schema.plugins group by x',
    1062,
    "Duplicate entry '***' for key '***'",
    'mariadb',
  ],
  [
    "insert into counts values ('abc-secret', 1)",
    1366,
    "Incorrect integer value: '***' for column 'n'",
    'mysql',
  ],
  [
    "insert into counts values ('abc-secret', 1)",
    1366,
    "Incorrect integer value: '***' for column `d`.`counts`.`n`",
    'mariadb',
  ],
  ['insert into counts select ssn, 1 from people', 1265, "Data truncated for column 'n'"],
  ['insert into counts values (99999999999, 1)', 1264, "Out of range value for column 'n'"],
  ['insert into counts values (null, 1)', 1048, "Column 'n' cannot be null"],
  ['insert into counts (m) values (1)', 1364, "Field 'n' doesn't have a default value"],
  [
    'insert into times select ssn from people',
    1292,
    "Incorrect datetime value: '***' for column 'at'",
    'mysql',
  ],
  [
    'insert into times select ssn from people',
    1292,
    "Incorrect datetime value: '***' for column `d`.`times`.`at`",
    'mariadb',
  ],
  ['insert into short select ssn from people', 1406, "Data too long for column 'v'", 'mariadb'],
  ['insert into short select ssn from people', 1265, "Data truncated for column 'v'", 'mysql'],
  ['insert into named select ssn from people', 1265, "Data truncated for column 'label'"],
  [
    'insert into child values (2, 4242)',
    1452,
    'Cannot add or update a child row: a foreign key constraint fails (`d`.`child`, CONSTRAINT `fk_parent` FOREIGN KEY (`parent`) REFERENCES `people` (`id`))',
  ],
  [
    'delete from people where id = 1',
    1451,
    'Cannot delete or update a parent row: a foreign key constraint fails (`d`.`child`, CONSTRAINT `fk_parent` FOREIGN KEY (`parent`) REFERENCES `people` (`id`))',
  ],
  ['insert into positives values (-4242)', 3819, "Check constraint 'positive' is violated.", 'mysql'],
  [
    'insert into positives values (-4242)',
    4025,
    'CONSTRAINT `positive` failed for `d`.`positives`',
    'mariadb',
  ],
  ['insert into parted values (4242)', 1526, 'Table has no partition for a value'],
  ['update shown set id = 4242 where id = 2', 1369, "CHECK OPTION failed 'd.shown'", 'mysql'],
  ['update shown set id = 4242 where id = 2', 1369, 'CHECK OPTION failed `d`.`shown`', 'mariadb'],
  ['select 9223372036854775807 + id from people', 1690, "BIGINT value is out of range in '***'"],
  ['select pow(10, 400 + 4242)', 1690, "DOUBLE value is out of range in '***'"],
  [
    "select extractvalue('<a/>', concat('~', (select ssn from people limit 1)))",
    1105,
    "XPATH syntax error: '***'",
  ],
  [
    "select updatexml('<a/>', concat('~', (select ssn from people limit 1)), 1)",
    1105,
    "XPATH syntax error: '***'",
  ],
  ['select (select id from people)', 1242, 'Subquery returns more than 1 row'],
  ['select nothere from people', 1054, "Unknown column 'nothere' in 'field list'", 'mysql'],
  ['select nothere from people', 1054, "Unknown column 'nothere' in 'SELECT'", 'mariadb'],
  ['select 1 from nothere', 1146, "Table 'd.nothere' doesn't exist"],
  ['select id from people a join people b on true', 1052, "Column 'id' in field list is ambiguous", 'mysql'],
  [
    'set sql_mode = (select ssn from people limit 1)',
    1231,
    "Variable 'sql_mode' can't be set to the value of '***'",
  ],
  ['set time_zone = (select ssn from people limit 1)', 1298, "Unknown or incorrect time zone: '***'"],
  ['set character_set_results = (select ssn from people limit 1)', 1115, "Unknown character set: '***'"],
  ['set collation_connection = (select ssn from people limit 1)', 1273, "Unknown collation: '***'"],
  ['set lc_messages = (select ssn from people limit 1)', 1649, "Unknown locale: '***'"],
  ['prepare s from @secret', 1064, "You have an error in your SQL syntax near '***'"],
  ['prepare s from @table', 1146, "Table '***' doesn't exist"],
  ['call tell(1)', 1644, 'message 1644 of the database (text withheld: it may carry masked values)'],
  ['call tell(1048)', 1048, "Column '***' cannot be null"],
  ["select date 'abc-secret'", 1525, "Incorrect DATE value: '***'"],
  ['select 1e999', 1367, "Illegal double '***' value found during parsing"],
  [
    'insert into docs select ssn from people',
    3140,
    "Invalid JSON text in value for column 'docs.doc'.",
    'mysql',
  ],
  ['insert into docs select ssn from people', 4025, 'CONSTRAINT `docs.doc` failed for `d`.`docs`', 'mariadb'],
  [
    "select json_extract(ssn, '$.x') from people",
    3141,
    'Invalid JSON text in an argument to function json_extract',
    'mysql',
  ],
  [
    'select cast(ssn as json) from people',
    3141,
    "Invalid JSON text in an argument to function '***'",
    'mysql',
  ],
  [
    'select uuid_to_bin(ssn) from people',
    1411,
    "Incorrect string value: '***' for function uuid_to_bin",
    'mysql',
  ],
  ['select gtid_subset(ssn, ssn) from people', 1772, 'Malformed GTID set specification', 'mysql'],
  [
    'select st_geomfromtext(ssn) from people',
    3037,
    'Invalid GIS data provided to function st_geomfromtext.',
    'mysql',
  ],
]

const casesOf = (flavour: string) =>
  ERRORS.filter(([, , , only]) => only === undefined || only === flavour).map(
    ([statement, code, shown]) => [statement, code, shown] as const,
  )

/** Statements whose warnings say values. */
const WARNERS = [
  'select * from people where ssn = 0',
  'select cast(ssn as signed), cast(ssn as decimal(5, 2)), cast(ssn as date), ssn + 1 from people',
  'select date_add(ssn, interval 1 day) from people',
  "select str_to_date(ssn, '%Y-%m-%d %H') from people",
  'select inet_aton(ssn), from_base64(ssn), uncompress(ssn) from people',
  'insert ignore into counts select ssn, ssn from people',
  "insert ignore into people values (9, '123-45-6789', 1)",
  'explain select * from people where id = 1',
  'select json_valid(ssn) from people',
]

const STARTS = [
  ['mariadbd', 'mariadb', startMariadb],
  ['mysql', 'mysql', startMysql],
] as const

for (const [part, flavour, start] of STARTS) {
  describePart([part], `R20 errors and warnings of ${flavour}`, () => {
    let server: MysqlServer
    let client: Connection

    beforeAll(async () => {
      server = await start()
      const { host, port, user, password } = server
      client = await createConnection({ host, port, user, password })
      for (const statement of SETUP) await client.query(statement)
      await client.query("set @secret = '123-45-6789', @table = 'select * from `123-45-6789`'")
    })
    afterAll(async () => {
      client?.destroy()
      await server?.stop()
    })

    async function failure(statement: string) {
      try {
        await client.query(statement)
      } catch (error) {
        const { errno, sqlState, sqlMessage } = error as {
          errno: number
          sqlState: string
          sqlMessage: string
        }
        return { code: errno, state: sqlState, message: sqlMessage }
      }
      throw new Error(`no error: ${statement}`)
    }

    test.each(casesOf(flavour))('%s', async (statement, code, shown) => {
      const said = await failure(statement)
      const scrubbed = scrubError(said, context(statement.replace(/'[^']*'/g, "''")))
      expect([said.code, scrubbed.message]).toEqual([code, shown])
      expect([scrubbed.code, scrubbed.state]).toEqual([said.code, said.state])
      const [warnings] = await client.query<RowDataPacket[]>('show warnings')
      for (const { Code, Message } of warnings)
        for (const secret of SECRETS)
          expect(scrubText(Code, Message, context(statement))).not.toContain(secret)
    })

    test('the statements do carry values, and their warnings lose them', async () => {
      let carried = 0
      for (const statement of WARNERS) {
        await client.query("set sql_mode = ''")
        await client.query(statement)
        const [warnings] = await client.query<RowDataPacket[]>('show warnings')
        for (const { Code, Message } of warnings) {
          if (SECRETS.some((secret) => String(Message).includes(secret))) carried += 1
          const shown = scrubText(Code, Message, context(statement.replace(/'[^']*'/g, "''")))
          for (const secret of SECRETS) expect(shown).not.toContain(secret)
        }
      }
      expect(carried).toBeGreaterThan(8)
    })

    test('in another language nothing of the text is shown', async () => {
      await client.query("set lc_messages = 'de_DE'").catch(() => {})
      const said = await failure("insert into people values (1, '4242', 1)")
      await client.query("set lc_messages = 'en_US'")
      if (!said.message.startsWith('Duplicate'))
        expect(scrubError(said, context('')).message).toContain('withheld')
    })
  })
}
