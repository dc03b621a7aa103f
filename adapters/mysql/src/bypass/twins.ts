/** One server, two databases that differ in nothing but what is masked: whatever a viewer is told of both must be the same. */
import { COLUMNS, OTHERS, PEOPLE, type Person, type Stage } from '@gatehouse/adapter-contract'
import { mysql } from '../index.js'
import { policyOf, siteAt } from '../rules/world.js'
import type { Flavour } from '../wire/fixture.js'
import { type Attacker, connectAttacker, type Form } from './attacker.js'
import { openStage, PASSWORD, startShop } from './scene.js'

/** Names of one length, so that no packet differs by them. */
export const TWINS = ['shop', 'shep'] as const
export type Twin = (typeof TWINS)[number]

/** The same statements in both. */
function seed(twin: Twin, people: readonly Person[]): readonly string[] {
  return [
    `use ${twin}`,
    // Rows that nobody orders come as some index has them: these two would order them by what is masked.
    'alter table customers drop key by_ssn, drop key by_salary',
    ...people.map((person, at) => {
      const cells = COLUMNS.map((name) => `${name} = '${person[name]}'`)
      return `update customers set ${cells.join(', ')} where id = ${at + 1}`
    }),
    'update payments p join customers c on c.id = p.id set p.card_number = c.card_number',
    `update documents d join customers c on c.id = d.id set d.profile = json_object('email', c.email, 'ssn', c.ssn, 'city', c.city)`,
    'create table guesses (id int primary key, word varchar(80), number decimal(10,2))',
    `insert into guesses values (1, '641-28-7395', 83417.29), (2, '999-99-9999-and-longer-than-any-other', 3.00)`,
    'create table archive (id int, ssn varchar(40) unique, email varchar(80) unique, salary decimal(10,2), check (salary > 1000))',
    'analyze table customers, notes, orders, documents',
  ]
}

/** `writer` may change what it does not see, `clerk` reads alone; everything personal is redacted for both. */
const rules = (verbs: string) => [
  '{name: come-in, effect: permit, verbs: [connect]}',
  `{name: work, effect: permit, verbs: [${verbs}], resources: ["*.*"]}`,
  '{name: hidden, effect: mask, classes: [pii, secret, financial, health], with: redact}',
  '{name: secrets, effect: mask, classes: [secret], with: redact, probing: forbid}',
]
export const VIEWERS = {
  clerk: 'read, copy-out',
  writer: 'read, insert, update, delete, copy-out, copy-in, create, lock, call',
}
export type Viewer = keyof typeof VIEWERS

export interface Twins {
  /** All bytes of the answer, without what a refusal counts up and with one name for both. */
  ask(viewer: Viewer, twin: Twin, statement: string, form: Form): Promise<string>
  /** Not through the gateway: what the server says to who sees everything, its warnings too. */
  askDirectly(twin: Twin, statement: string): Promise<string>
  close(): Promise<void>
}

/** Of a refusal's text, which has more than 127 bytes and none beyond ASCII. */
const LENGTHS = /\xfc[\s\S]{2}|[\x80-\xfb]/g

/** Without a refusal's id, and the lengths that tell how long it is: ids count up. */
function withoutIds(said: Buffer): string {
  const found: string[] = []
  const refused = said.includes('"id":"')
  for (let at = 0; at + 4 <= said.length; ) {
    const end = at + 4 + said.readUIntLE(at, 3)
    const packet = said.subarray(at, end).toString('latin1')
    const named = packet.replaceAll(/"id":"[^"]+"/g, '"id":"?"')
    at = end
    // SHOW WARNINGS says the text again, and how long it is in the definition of its column.
    if (refused && packet.startsWith('\u0003def', 4)) continue
    found.push(named === packet ? packet : named.slice(4).replaceAll(LENGTHS, ''))
  }
  return found.join('')
}

export async function createTwins(flavour: Flavour): Promise<Twins> {
  const { server, root } = await startShop(flavour, TWINS)
  for (const text of [...seed('shop', PEOPLE), ...seed('shep', OTHERS)]) await root.query(text)
  const adapter = await mysql.open(siteAt(server.port))
  const stages = new Map<Viewer, Stage>()
  for (const [name, verbs] of Object.entries(VIEWERS) as [Viewer, string][])
    stages.set(name, await openStage(adapter, policyOf(rules(verbs), ['tools'])))
  const sessions = new Map<string, Attacker>()

  async function enter(key: string, port: number, user: string, password: string, database: Twin) {
    const known = sessions.get(key)
    if (known && !known.closed) return known
    const made = await connectAttacker({ port, user, password, database })
    sessions.set(key, made)
    return made
  }

  async function within(attacker: Attacker, statement: string, form: Form): Promise<Buffer> {
    await attacker.run('begin', 'text')
    attacker.forget()
    await attacker.run(statement, form)
    if (!attacker.closed) await attacker.run('show warnings', 'text')
    const said = attacker.received()
    if (!attacker.closed) await attacker.run('rollback', 'text')
    return said
  }

  return {
    async ask(viewer, twin, statement, form) {
      const port = stages.get(viewer)?.port ?? 0
      const said = await within(
        await enter(`${viewer} ${twin} ${form}`, port, 'ann', PASSWORD, twin),
        statement,
        form,
      )
      return withoutIds(said).replaceAll('shep', 'shop')
    },
    async askDirectly(twin, statement) {
      const attacker = await enter(`direct ${twin}`, server.port, 'gw', 'gw', twin)
      const said = await within(attacker, statement, 'text')
      return said.toString('latin1').replaceAll('shep', 'shop')
    },
    async close() {
      for (const session of sessions.values()) await session.close()
      for (const stage of stages.values()) await stage.close()
      await adapter.close()
      await root.end()
      await server.stop()
    },
  }
}
