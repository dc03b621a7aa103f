/** docs/clients.md, MongoDB's part of it: a row per client, of which each run replaces the cells that it has tried. */
import { FEATURE_NAMES, FEATURES, type Feature } from './features.js'

export interface Row {
  readonly client: string
  readonly version: string
  /** What was tried and equal. */
  readonly alike: readonly Feature[]
}

/** Where this part begins: what stands before it is that of the other databases' clients. */
export const TITLE = '## MongoDB'

const OPENING = `${TITLE}

Generated likewise, over FerretDB 2 (a MongoDB server that can be had everywhere): directly, through the gateway under \`observe\`, and
through it under \`observe\` and \`masking\`. A client needs nothing but the gateway's address:

\`\`\`
mongodb://user:password@gateway:27017/
mongodb://token@gateway:27017/?authMechanism=PLAIN&authSource=$external&tls=true    the password is a token
mongodb://gateway:27017/?authMechanism=MONGODB-OIDC&tls=true                        the driver's callback brings a token
mongodb://gateway:27017/?authMechanism=MONGODB-X509&tls=true&tlsCertificateKeyFile=etl.pem   a certificate
\`\`\`
`

const EXPLAINED = `
**=** tried: under \`observe\` the answer equals the direct run's, errors (code, name, labels, write errors) included; under the masking
policy what is personal is masked, and whatever else there is comes byte for byte as from the server. **–** not tried.

Of the Node.js driver every public method of MongoClient, Db, Admin, Collection and the cursors is called; a method that a new version adds fails the
test until somebody has looked at it. mongosh prints a day's work as it does directly, and starts for whoever may only read or may do nothing. What
Compass, mongodump, mongorestore and Studio 3T are known to ask at start is asked under the pack \`tools\`; the programs themselves were not run.
Node.js drivers 4.x and 5.x sign in, read over several batches, share a pool and run transactions over a scripted server.

What differs from a direct run, and why:

- Accounts are changed by no rule (13), and what the gateway cannot read (an unknown command, operator, stage or field) it refuses itself, in
  MongoDB's words, with \`errInfo.gatehouse\` beneath.
- Clients see a router without hosts where the upstream is a replica set or a router itself; a lone server is presented as one.
- \`dbStats\` reads the database itself (\`shop\`), which \`shop.*\` does not name: Compass shows no sizes to whoever may not.
- \`listDatabases\`, \`listCollections\` and \`connectionStatus\` show what the viewer may know of.
- FerretDB has no transactions, change streams, search indexes or \`w: 0\`: clients hear the same error both ways.
`

const HEAD = ['client', 'version', ...FEATURE_NAMES.map((each) => FEATURES[each])]

export function pageWith(page: string, rows: readonly Row[]): string {
  const start = page.indexOf(`\n${TITLE}\n`)
  const others = start < 0 ? page : page.slice(0, start)
  const before = (start < 0 ? '' : page.slice(start))
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| client ') && !line.startsWith('| ---'))
    .map((line): [string, string] => [line.split(' | ')[0]?.slice(2) ?? '', line])
  const kept = new Map(before)
  for (const row of rows) kept.set(row.client, lineOf(row, kept.get(row.client)))
  const lines = [...kept].sort(([a], [b]) => a.localeCompare(b, 'en')).map(([, line]) => line)
  const table = [`| ${HEAD.join(' | ')} |`, `|${HEAD.map(() => ' --- |').join('')}`, ...lines]
  return `${others}\n${OPENING}\n${table.join('\n')}\n${EXPLAINED}`
}

/** Several files try parts of one client: what this one has not tried stays. */
function lineOf({ client, version, alike }: Row, before: string | undefined): string {
  const told = before?.replace(/ \|$/, '').split(' | ') ?? []
  const cells = FEATURE_NAMES.map((each, at) => (alike.includes(each) ? '=' : (told[at + 2] ?? '–')))
  return `| ${[client, version, ...cells].join(' | ')} |`
}
