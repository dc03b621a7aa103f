/**
 * Whoever sends hostile statements must not be felt by others: the worst wait of a session that asks the same all the time, over
 * Postgres, MariaDB and a MongoDB server of scripts, and the longest that the gateway's main thread was busy with one thing.
 */
import { startMariadb } from '@gatehouse/workbench'
import { createConnection } from 'mysql2/promise'
import { type Gatehouse, startGatehouse, type Turn } from './gatehouse.js'
import { type Client, open } from './mongodb-load.js'
import { message } from './mongodb-wire.js'
import { waitsDuring } from './neighbours.js'
import type { Target } from './pgbench.js'
import { connect, quantile, startStand } from './stand.js'
import { startProcess } from './start-process.js'

/** A session; what it is refused is an answer too. */
interface Asker {
  known(): Promise<unknown>
  /** One of `TRICKS`. */
  hostile(trick: number): Promise<unknown>
  end(): unknown
}

const TRICKS = ['a text of 1 MB', '50,000 parentheses', 'a list of 100,000 constants'] as const
const ROUNDS = 5
const numbers = Array.from({ length: 100_000 }, (_, n) => n)

/** `round` makes each a new text. */
const text = (table: string, trick: number, round: number): string =>
  [
    `select ${round}, '${'x'.repeat(1_000_000)}'`,
    `select ${round}, ${'('.repeat(50_000)}1${')'.repeat(50_000)}`,
    `select ${round} from ${table} where id in (${numbers.join(',')})`,
  ][trick] as string

/** The same of commands: a text, conditions within one another deeper than is read, a list. */
const command = (trick: number, round: number): Record<string, unknown> => {
  if (trick === 0) return { find: 'people', filter: { name: `${round}${'x'.repeat(1_000_000)}` } }
  if (trick === 2) return { find: 'people', filter: { score: { $in: [round, ...numbers] } } }
  let nested: unknown = { $eq: ['$score', round] }
  for (let depth = 0; depth < 150; depth += 1)
    nested = { $and: [nested, ...Array.from({ length: 300 }, () => true)] }
  return { find: 'people', filter: { $expr: nested } }
}

let asked = 0
const refused = () => {}

async function askPostgres(target: Target): Promise<Asker> {
  const client = await connect(target)
  return {
    known: () => client.query('select abalance from pgbench_accounts where aid = 1'),
    hostile: (trick) =>
      client.query(text('pgbench_accounts', trick, ++asked).replace(' id ', ' aid ')).catch(refused),
    end: () => client.end(),
  }
}

async function askMariadb({ port, user, password, database }: Target): Promise<Asker> {
  const client = await createConnection({ host: '127.0.0.1', port, user, password, database })
  return {
    known: () => client.query('select pad from sbtest1 where id = 1'),
    hostile: (trick) => client.query(text('sbtest1', trick, ++asked)).catch(refused),
    end: () => client.end(),
  }
}

async function askMongodb(target: Target): Promise<Asker> {
  const client: Client = await open(target)
  const say = (body: Record<string, unknown>) => client.ask(message({ ...body, $db: 'bench' }))
  return {
    known: () => say({ find: 'people', filter: { _id: 1 }, limit: 1, singleBatch: true }),
    hostile: (trick) => say(command(trick, ++asked)),
    end: () => client.close(),
  }
}

interface Stood {
  readonly name: string
  readonly direct: Target
  readonly protocol: 'postgres' | 'mysql' | 'mongodb'
  readonly ask: (target: Target) => Promise<Asker>
  stop(): unknown
}

async function postgres(): Promise<Stood> {
  const stand = await startStand({ scale: 1 })
  return {
    name: 'Postgres',
    direct: stand.direct,
    protocol: 'postgres',
    ask: askPostgres,
    stop: () => stand.stop(),
  }
}

async function mariadb(): Promise<Stood> {
  const server = await startMariadb({ settings: { 'max-allowed-packet': '64M' } })
  const root = await createConnection({
    host: '127.0.0.1',
    port: server.port,
    user: server.user,
    password: server.password,
  })
  for (const each of [
    `create user bench@'%' identified by 'bench'`,
    'create database bench',
    `grant all on bench.* to bench@'%'`,
    'use bench',
    'create table bench.sbtest1 (id int primary key, k int, c char(120), pad char(60))',
    `insert into bench.sbtest1 select seq, seq, 'c', 'pad' from seq_1_to_1000`,
  ])
    await root.query(each)
  await root.end()
  const direct: Target = {
    name: 'direct',
    port: server.port,
    user: 'bench',
    password: 'bench',
    database: 'bench',
  }
  return { name: 'MariaDB', direct, protocol: 'mysql', ask: askMariadb, stop: () => server.stop() }
}

async function mongodb(): Promise<Stood> {
  const server = await startProcess('mongodb-upstream.js', 'bench')
  const direct: Target = {
    name: 'direct',
    port: server.port,
    user: 'bench',
    password: 'bench',
    database: 'bench',
  }
  return { name: 'MongoDB', direct, protocol: 'mongodb', ask: askMongodb, stop: () => server.stop() }
}

interface Felt {
  readonly direct: readonly number[]
  readonly through: readonly number[]
  readonly turn: Turn
}

async function feel(
  stood: Stood,
  gatehouse: Gatehouse,
  work: (hostile: Asker) => Promise<unknown>,
): Promise<Felt> {
  const during = async (target: Target) => {
    const [asker, hostile] = [await stood.ask(target), await stood.ask(target)]
    for (let n = 0; n < 200; n += 1) await asker.known()
    // Compiling is not what is measured, nor reading for the first time.
    await work(hostile)
    await gatehouse.longestTurn()
    const waits = await waitsDuring(asker.known, () => work(hostile))
    const turn = await gatehouse.longestTurn()
    await asker.end()
    await hostile.end()
    return { waits, turn }
  }
  const direct = await during(stood.direct)
  const through = await during(gatehouse.target)
  return { direct: direct.waits, through: through.waits, turn: through.turn }
}

/** The section as the report has it. */
export async function reportHostile(profile: string | undefined): Promise<string> {
  const lines: string[] = []
  for (const start of [postgres, mariadb, mongodb]) {
    const stood = await start()
    const gatehouse = await startGatehouse(stood.direct, {
      protocol: stood.protocol,
      durability: 'write',
      profile,
      watched: true,
    })
    try {
      const many = (trick: number) => async (hostile: Asker) => {
        for (let n = 0; n < ROUNDS; n += 1) await hostile.hostile(trick)
      }
      const idle = () => new Promise((resolve) => setTimeout(resolve, 1000))
      for (const [name, work] of [
        ...TRICKS.map((each, trick) => [each, many(trick)] as const),
        ['nothing', idle] as const,
      ]) {
        const { direct, through, turn } = await feel(stood, gatehouse, work)
        const figures = [
          quantile(direct, 1),
          quantile(through, 0.5),
          quantile(through, 1),
          turn.wall,
          turn.cpu,
        ]
        lines.push(`| ${[stood.name, name, ...figures.map((each) => each.toFixed(1))].join(' | ')} |`)
        console.log(lines.at(-1))
      }
    } finally {
      await gatehouse.stop()
      await stood.stop()
    }
  }
  return `## Hostile statements

What a session waits for an answer, milliseconds, while another sends ${ROUNDS} hostile statements one after the other, each a new text (MongoDB: the like
of them as commands); and the longest turn of the gateway's main thread meanwhile, by a clock and by its own CPU. Waits and clocks count whatever
else the machine does; the CPU of a turn is the gateway's own doing, and the least that somebody else may have had to wait.

| over | meanwhile | worst wait, direct | median wait, gatehouse | worst | longest turn, clock | CPU |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
`
}
