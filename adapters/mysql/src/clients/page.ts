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

const OPENING = `${TITLE}

Generated likewise, over MariaDB 10.11: directly, through the gateway under \`observe\`, and through it under \`observe\` and \`masking\`.
`

const EXPLAINED = `
**=** tried: under \`observe\` the answer equals the direct run's, and under the masking policy as well (what is personal is masked,
whatever else is in the answer is equal). **–** the client offers no such thing of its own, or it was not tried.
`

const HEAD = ['client', 'version', ...FEATURE_NAMES.map((each) => FEATURES[each].title)]

export function pageWith(page: string, rows: readonly Row[]): string {
  const start = page.indexOf(`\n${TITLE}\n`)
  const others = start < 0 ? page : page.slice(0, start)
  const before = (start < 0 ? '' : page.slice(start))
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| client ') && !line.startsWith('| ---'))
    .map((line): [string, string] => [nameIn(line), line])
  const kept = new Map(before)
  for (const row of rows) kept.set(row.client, lineOf(row, kept.get(row.client)))
  const lines = [...kept].sort(([a], [b]) => a.localeCompare(b, 'en')).map(([, line]) => line)
  const table = [`| ${HEAD.join(' | ')} |`, `|${HEAD.map(() => ' --- |').join('')}`, ...lines]
  return `${others}\n${OPENING}\n${table.join('\n')}\n${EXPLAINED}`
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
