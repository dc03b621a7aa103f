/** docs/clients.md: a row per client, of which each run replaces those that it has tried. */
import { toolAvailable } from '@gatehouse/workbench'
import { FEATURE_NAMES, FEATURES, type Feature } from './features.js'

export interface Row {
  readonly client: string
  readonly version: string
  /** What was tried and equal. */
  readonly alike: readonly Feature[]
}

const OPENING = `# Clients

Generated from runs: each client does the same things three times, directly at a Postgres, through the gateway under
\`observe\`, and through it under \`observe\` and \`masking\`, and a test compares what a caller notices.
`

const EXPLAINED = `
**=** tried: under \`observe\` the answer equals the direct run's, and under the masking policy as well (what is personal is masked,
whatever else is in the answer is equal). **–** the client offers no such thing of its own, or it was not tried (TLS of
tokio-postgres is a library apart).

What differs from a direct run, and why:

- A text that is no SQL is refused by the gateway itself, with Postgres' state (42601), message and position; DETAIL and HINT are
  the gateway's own. What cannot be read is never passed along.
- Error texts, details and hints, notices, and payloads of notifications reach a viewer with masks without the words that may
  hold data; the SQLSTATE is the database's. A notification is not delivered to such a viewer unless its channel is declared clean.
- A viewer with masks is refused (42501) what the gateway cannot know: a function that is not in the catalog (directly: 42883), and
  \`select pg_notify($1, $2)\`, by which postgres.js sends a notification (\`NOTIFY\` itself is fine).
- Where a client can ask whether the *server's* side is encrypted (\`pg_stat_ssl\`), it learns of the gateway's own connection.
- A cancel request that finds no running statement does nothing, as directly.

Prisma is tried as its generator makes it for this schema, over its own adapter for node-postgres: models, relations, both kinds of transactions, raw
statements. Its \`migrate\` and \`db pull\` are not: they are a native program that is fetched from a server of Prisma's and is in no package.

A client in another language is tried where that language is found (\`npm run provide\` fetches the libraries); its row stays as the
last run left it elsewhere. \`vitest run adapters/postgres/src/clients -u\` writes this page, with \`GATEHOUSE_NEW_CLIENTS=1\` new
versions of psql, pg_dump and pgbench as well.
`

const HEAD = ['client', 'version', ...FEATURE_NAMES.map((each) => FEATURES[each].title)]

/** What follows this title is the MySQL clients' own. */
const OTHERS = '\n## MySQL and MariaDB\n'

export function pageWith(page: string, rows: readonly Row[]): string {
  const end = page.indexOf(OTHERS)
  const others = end < 0 ? '' : page.slice(end)
  const before = (end < 0 ? page : page.slice(0, end))
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| client ') && !line.startsWith('| ---'))
    .map((line): [string, string] => [nameIn(line), line])
  const kept = new Map(before)
  for (const row of rows) kept.set(row.client, lineOf(row, kept.get(row.client)))
  const lines = [...kept].sort(([a], [b]) => a.localeCompare(b, 'en')).map(([, line]) => line)
  const table = [`| ${HEAD.join(' | ')} |`, `|${HEAD.map(() => ' --- |').join('')}`, ...lines]
  return `${OPENING}\n${table.join('\n')}\n${EXPLAINED}${others}`
}

const nameIn = (line: string) => line.split(' | ')[0]?.slice(2) ?? ''

/** TLS can't be tried without openssl: then its cell stays as it is. */
function lineOf({ client, version, alike }: Row, before: string | undefined): string {
  const told = before?.split(' | ') ?? []
  const cells = FEATURE_NAMES.map((each, at) => {
    if (each === 'tls' && !toolAvailable('openssl').ok) return told[at + 2] ?? '–'
    return alike.includes(each) ? '=' : '–'
  })
  return `| ${[client, version, ...cells].join(' | ')} |`
}
