/** One server, two equal databases: a text goes to one and its canonical form to the other, and both must answer the same. */
import type { MysqlServer } from '@gatehouse/workbench'
import { type Connection, createConnection, type FieldPacket } from 'mysql2/promise'
import type { TextMode } from '../mode.js'

export interface TwinSessions {
  readonly mode: TextMode
  /** What each of the two answers, in a form that can be compared. */
  ask(raw: string, canonical: string): Promise<readonly [string, string]>
  /** Both databases anew. */
  refresh(): Promise<void>
  close(): Promise<void>
}

export const SCHEMA = [
  'create table t (id int primary key auto_increment, a int, b varchar(40), c decimal(10,2), d datetime, `1a` int, `sel``ect` int, _x int)',
  `insert into t (a, b, c, d, \`1a\`, \`sel\`\`ect\`, _x) values (1,'one',1.50,'2020-01-01',7,8,9), (2,'two',2.25,null,3,4,5), (3,'th''ree',null,'2021-02-03 04:05:06',1,2,3), (null,'a\\\\b%_',0,null,null,null,null)`,
  'create table secret (id int, pw varchar(20))',
  "insert into secret values (1,'LEAK'), (2,'LEAK')",
  'create table `not` (`1` int, `text` varchar(10), position int)',
  "insert into `not` values (41,'txt',3)",
  'create view v as select id, a from t',
]

export async function openTwins(
  server: MysqlServer,
  sqlMode: readonly string[] = ['STRICT_TRANS_TABLES', 'NO_ENGINE_SUBSTITUTION'],
  multiple = false,
): Promise<TwinSessions> {
  const names = ['twin_raw', 'twin_can'] as const
  const sessions: Connection[] = []
  for (const name of names) {
    const { host, port, user, password } = server
    const session = await createConnection({
      ...{ host, port, user, password, multipleStatements: multiple, rowsAsArray: true, dateStrings: true },
      // Otherwise this client asks for IGNORE_SPACE.
      flags: ['-IGNORE_SPACE'],
    })
    await session.query(`drop database if exists ${name}`)
    await session.query(`create database ${name}`)
    sessions.push(session)
  }
  const each = async (run: (session: Connection, name: string) => Promise<unknown>) => {
    for (const [at, session] of sessions.entries()) await run(session, names[at] ?? '')
  }
  const refresh = () =>
    each(async (session, name) => {
      await session.query('rollback')
      await session.query(`drop database if exists ${name}`)
      await session.query(`create database ${name} character set utf8mb4`)
      await session.query(`use ${name}`)
      await session.query(`set session sql_mode='${sqlMode.join(',')}', timestamp=1600000000, autocommit=1`)
      await session.query('set names utf8mb4')
      for (const text of SCHEMA) await session.query(text)
    })
  await refresh()
  return {
    mode: {
      flavour: server.flavour,
      version: versionOf(server.version),
      sqlMode,
      charset: 'utf8mb4',
      ansiQuotes: 'accept',
    },
    async ask(raw, canonical) {
      const [one, other] = sessions
      if (one === undefined || other === undefined) throw new Error('no sessions')
      return [await outcome(one, raw), await outcome(other, canonical)]
    },
    refresh,
    close: () => each((session) => session.end()),
  }
}

export function versionOf(text: string): readonly [number, number, number] {
  const [, major = 0, minor = 0, patch = 0] = (/^(\d+)\.(\d+)\.(\d+)/.exec(text) ?? []).map(Number)
  return [major, minor, patch]
}

async function outcome(session: Connection, text: string): Promise<string> {
  try {
    const [rows, fields] = await session.query({ sql: text, rowsAsArray: true })
    return JSON.stringify([plain(rows), typesOf(fields)]).replaceAll(/twin_(?:raw|can)/g, 'twin')
  } catch (error) {
    const { errno } = error as { errno?: number }
    if (errno === undefined) throw error
    return `error ${errno}`
  }
}

/** Without what differs from run to run: warnings' count, state changes. */
function plain(rows: unknown): unknown {
  if (!Array.isArray(rows)) {
    const { affectedRows, insertId } = rows as { affectedRows?: number; insertId?: number }
    return { affectedRows, insertId }
  }
  return rows.map((row) => (Array.isArray(row) ? row : plain(row)))
}

/** And names: nothing that a client would notice. */
function typesOf(fields: unknown): unknown {
  if (!Array.isArray(fields)) return null
  return fields.map((field: FieldPacket | FieldPacket[] | undefined) =>
    Array.isArray(field) ? typesOf(field) : [field?.type, field?.name],
  )
}
