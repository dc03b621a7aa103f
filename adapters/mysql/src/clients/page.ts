/** docs/clients.md, MySQL's part of it: a row per client, of which each run replaces those that it has tried. */
import { toolAvailable } from '@gatehouse/workbench'
import { FEATURE_NAMES, FEATURES, type Feature } from './features.js'

export interface Row {
  readonly client: string
  readonly version: string
  /** What was tried and equal. */
  readonly alike: readonly Feature[]
}

/** Where this part begins: what stands before it is the Postgres clients' own. */
export const TITLE = '## MySQL and MariaDB'
/** Where the next begins. */
const NEXT = '\n## MongoDB\n'

const OPENING = `${TITLE}

Generated likewise, over MariaDB 10.11, and where a row says *to MySQL* over MySQL 9: directly, through the gateway under \`observe\`, and
through it under \`observe\` and \`masking\`.
`

const EXPLAINED = `
**=** tried: under \`observe\` the answer equals the direct run's, and under the masking policy as well (what is personal is masked,
whatever else is in the answer is equal). **–** the client offers no such thing of its own, or it was not tried: large rows are read alike
of both servers, and npm's clients are tried with them over MariaDB alone. MySQL's Connector/J takes a MariaDB 10, whose version begins with
5.5.5, for a server from before 5.5.16: it is answered as such a one would.

The command lines and dumps of both servers (mariadb, mariadb-dump, mysql, mysqldump) print the same directly and through the gateway,
and what was dumped is restored through it with equal content; files are loaded from the client (\`--local-infile\`) as directly; sysbench (oltp_point_select,
oltp_read_write) prepares, runs and cleans up.

What differs from a direct run, and why:

- A viewer with masks is refused (1143) what the gateway cannot know: CALL of a routine that no Functions document names, and a text that
  is no SQL (directly: 1064). Error texts and warnings reach such a viewer without the words that may hold data; the code is the server's.
- mysqljs cannot change its user on a connection (\`changeUser\`): it answers by the greeting's nonce alone, which proves nothing new. It knows
  no \`caching_sha2_password\`, so that no MySQL 9 lets it in, directly as little as through a gateway that does not offer \`mysql_native_password\`.
- MariaDB Connector/Node.js refuses \`changeUser\` by itself where the server is a MySQL.
- MariaDB's bulk execution is not offered: MariaDB's connectors send a batch row by row then, with a result for each.
- sqlx makes its scramble for \`caching_sha2_password\` the other way round, which servers do not take: they ask for the secret itself
  over TLS. The gateway takes it as the proof that it is.
- MariaDB Connector/J 4 asks to be told of some variables: it is told of all.
- A routine or trigger that is created where several statements may stand (the command lines' way) is read if its block can end nowhere
  else; a block behind THEN, ELSE or DO makes it refused there.
- Prisma is tried as its generator makes it for this schema, over its own adapter for \`mariadb\`. Its \`migrate\` and \`db pull\` are not: they are a
  native program that is fetched from a server of Prisma's and is in no package. Nor is mysqlclient tried, which comes without a built library.
`

const HEAD = ['client', 'version', ...FEATURE_NAMES.map((each) => FEATURES[each].title)]

export function pageWith(page: string, rows: readonly Row[]): string {
  const start = page.indexOf(`\n${TITLE}\n`)
  const others = start < 0 ? page : page.slice(0, start)
  const end = page.indexOf(NEXT)
  const next = end < 0 ? '' : page.slice(end)
  const before = (start < 0 ? '' : page.slice(start, end < 0 ? undefined : end))
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| client ') && !line.startsWith('| ---'))
    .map((line): [string, string] => [nameIn(line), line])
  const kept = new Map(before)
  for (const row of rows) kept.set(row.client, lineOf(row, kept.get(row.client)))
  const lines = [...kept].sort(([a], [b]) => a.localeCompare(b, 'en')).map(([, line]) => line)
  const table = [`| ${HEAD.join(' | ')} |`, `|${HEAD.map(() => ' --- |').join('')}`, ...lines]
  return `${others}\n${OPENING}\n${table.join('\n')}\n${EXPLAINED}${next}`
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
