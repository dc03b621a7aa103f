/** One server, two databases that differ in nothing but what is masked: whatever a viewer is told of both must be the same. */
import { createStage, OTHERS, PEOPLE, type Person, type Stage } from '@gatehouse/adapter-contract'
import { type PostgresServer, startPostgres } from '@gatehouse/workbench'
import pg from 'pg'
import { type Attacker, connectAttacker } from './attacker.js'
import { openAdapter, policyOf } from './scene.js'
import { SHOP } from './shop.js'

/** Names of one length, so that no frame differs by them. */
export const TWINS = ['shop', 'shep'] as const
export type Twin = (typeof TWINS)[number]

/** The same statements in both, so that rows lie at the same places. */
function seed(people: readonly Person[]): string {
  const rows = people.map((person, at) => {
    const cells = Object.entries(person).map(([name, value]) => `${name} = '${value}'`)
    return `update customers set ${cells.join(', ')} where id = ${at + 1};`
  })
  return `${rows.join('\n')}
    update payments p set card_number = c.card_number from customers c where c.id = p.id;
    update staff s set email = c.email, ssn = c.ssn from customers c where c.id = s.id;
    update leads l set person = row(c.email, c.phone)::contact, emails = array[c.email::text],
      persons = array[row(c.email, c.phone)::contact] from customers c where c.id = l.id;
    update letters l set email = c.email from customers c where c.id = l.id;
    insert into bonuses select id, salary, 0.001 from customers;
    insert into shelves select id, salary::int, 'n' from customers;
    insert into lists select id, string_to_array(email, 'e') from customers;
    insert into words select id, ssn, city from customers;
    insert into files select id, jsonb_build_object('id', id, 'contact', jsonb_build_object('email', email)) from customers;
    insert into cabinet select id, row('top', doc)::filed, row('low', doc)::filed::filing, array[row('mid', doc)::filed] from files;
    refresh materialized view customer_report;
    analyze;`
}

const MORE = `
create table letters (id int, email email_address references customers (email) on update cascade, body text);
insert into letters select id, email, 'dear ' || id from customers;
create table guesses (id int, word text, number numeric);
insert into guesses values (1, '641-28-7395', 83417.29), (2, '999-99-9999-and-longer-than-any-other', 3.00);
create table archive (id int, ssn text unique, email email_address unique, salary numeric(10,2) check (salary > 1000));
create table bonuses (id int primary key, salary numeric, bonus numeric, check (bonus < salary and bonus > 0));
create table shelves (id int, salary int, note text) partition by range (salary);
create table shelf_low partition of shelves for values from (minvalue) to (50000);
create table shelf_high partition of shelves for values from (50000) to (maxvalue);
create table lists (id int, emails text[]);
create domain word as text;
create table words (id int, ssn word, plain word);
create table files (id int, doc jsonb);
create type filed as (place text, doc jsonb);
create domain filing as filed;
create table cabinet (id int, one filed, other filing, several filed[]);
create view file_words as select id, doc ->> 'id' as word, doc ->> 'contact' as object from files;
create view rich as select id, city from customers where salary > 50000;
create view reached as select id, city from customers where email is not null;
create view by_pay as select id, rank() over (order by salary) as place, salary > 50000 as well_paid,
  case when ssn like '6%' then 'y' else 'n' end as flag from customers;
create view guessed as select c.id from customers c join guesses g on g.word = c.ssn;
create view counted as select city, count(*) filter (where ssn like '6%') as n from customers group by city;
`

/** `writer` may change what it does not see, `clerk` reads alone; everything personal is redacted for both. */
const POLICY = (verbs: string) => `
apiVersion: gatehouse/v1
kind: Policy
metadata: {name: twins}
default: forbid
rules:
  - {name: come-in, effect: permit, verbs: [connect]}
  - {name: work, effect: permit, verbs: [${verbs}], resources: ["*.public.*", "*.pg_temp.*", "*.*"]}
  - {name: hidden, effect: mask, classes: [pii, secret, financial, health], with: redact}
  - {name: secrets, effect: mask, classes: [secret], with: redact, probing: forbid}
`
export const VIEWERS = {
  clerk: 'read, copy-out',
  writer: 'read, insert, update, delete, copy-out, copy-in, create, alter, lock, listen, call',
}
export type Viewer = keyof typeof VIEWERS

export interface Twins {
  /** What the viewer is sent for the statement, in a transaction that is rolled back; without what differs by itself. */
  ask(viewer: Viewer, twin: Twin, statement: string, form: 'simple' | 'binary'): Promise<string>
  /** The same as the upstream account, past the gateway: rows or the error. */
  askDirectly(twin: Twin, statement: string): Promise<string>
  close(): Promise<void>
}

export async function createTwins(): Promise<Twins> {
  const server = await startPostgres({ major: 18 })
  const root = await connect(server, 'postgres', server.password, 'postgres')
  await root.query("create role gw login password 'gw'")
  await root.query('create database shop owner gw')
  const first = await connect(server, 'gw', 'gw', 'shop')
  await first.query(SHOP)
  await first.query(MORE)
  await first.end()
  await root.query('create database shep template shop owner gw')
  await root.end()
  const direct = {
    shop: await connect(server, 'gw', 'gw', 'shop'),
    shep: await connect(server, 'gw', 'gw', 'shep'),
  }
  await direct.shop.query(seed(PEOPLE))
  await direct.shep.query(seed(OTHERS))
  const adapter = await openAdapter(server, TWINS)
  const stages = new Map<Viewer, Stage>()
  for (const [name, verbs] of Object.entries(VIEWERS) as [Viewer, string][])
    stages.set(
      name,
      await createStage({
        adapter,
        policy: policyOf(['tools'], POLICY(verbs)),
        users: [{ name: 'ann', password: 'p', groups: ['analysts'] }],
      }),
    )
  const sessions = new Map<string, Attacker>()

  async function enter(viewer: Viewer, twin: Twin, form: string): Promise<Attacker> {
    const key = `${viewer} ${twin} ${form}`
    const known = sessions.get(key)
    if (known && !known.closed) return known
    const made = await connectAttacker({
      port: stages.get(viewer)?.port ?? 0,
      user: 'ann',
      password: 'p',
      database: twin,
    })
    sessions.set(key, made)
    return made
  }

  return {
    async ask(viewer, twin, statement, form) {
      const attacker = await enter(viewer, twin, form)
      await attacker.run('begin', 'simple')
      attacker.forget()
      await attacker.run(statement, form)
      const said = attacker.received().toString('latin1')
      if (!attacker.closed) await attacker.run('rollback', 'simple')
      // A refusal's id, with the length of its frame, which is what the id adds to its text.
      return said
        .replaceAll(/E[\s\S]{4}SERROR/g, 'E SERROR')
        .replaceAll(/"id":"[^"]+"/g, '"id":"?"')
        .replaceAll('shep', 'shop')
    },
    async askDirectly(twin, statement) {
      const client = direct[twin]
      await client.query("begin; set local statement_timeout = '500ms'")
      const said = await client.query({ text: statement, rowMode: 'array' }).then(
        ({ rows, rowCount }) => JSON.stringify([rows, rowCount]),
        (error: Error & { code?: string }) => `${error.code} ${error.message}`,
      )
      await client.query('rollback')
      return said
    },
    async close() {
      for (const session of sessions.values()) await session.close()
      for (const stage of stages.values()) await stage.close()
      await adapter.close()
      await Promise.all(TWINS.map((twin) => direct[twin].end()))
      await server.stop()
    },
  }
}

async function connect(server: PostgresServer, user: string, password: string, database: string) {
  const client = new pg.Client({ host: server.host, port: server.port, user, password, database })
  await client.connect()
  return client
}
