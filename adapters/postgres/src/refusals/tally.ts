/** What replaying the corpora showed, and the page docs/refusals.md that is drawn from it. */
import { type Corpus, distinct } from './corpus.js'
import { ON_PURPOSE, type Purpose } from './on-purpose.js'
import type { Heard } from './replay.js'

export interface Tally {
  readonly corpus: Corpus
  readonly exact: number
  readonly atMost: number
  readonly opaque: number
  readonly masked: number
  /** Refused by the server as well. */
  readonly withheld: number
  readonly refused: number
}

/** The worst that was heard of each statement, whatever its form. */
export function tallyOf(corpus: Corpus, all: readonly Heard[]): Tally {
  const kinds = (fits: (heard: Heard) => boolean) =>
    new Set(all.filter(fits).map(({ said }) => said.text + JSON.stringify(said.values))).size
  const opaque = kinds(({ certainty }) => certainty === 'opaque')
  const atMost = kinds(({ certainty }) => certainty === 'at-most')
  return {
    corpus,
    exact: distinct(corpus) - opaque - atMost,
    atMost,
    opaque,
    masked: kinds(({ masked }) => masked > 0),
    withheld: kinds(({ refusal, direct }) => refusal !== undefined && direct !== undefined),
    refused: kinds(({ refusal, direct }) => refusal !== undefined && direct === undefined),
  }
}

export function purposeOf(corpus: Corpus, { said }: Heard): Purpose | undefined {
  return ON_PURPOSE.find((each) => each.corpus === corpus.name && said.text.includes(each.part))
}

const OPENING = `# What is refused of ordinary work

A gateway that refuses half of real traffic gets switched off. This page counts what Gatehouse makes of the statements that real
tools send to Postgres, and of ordinary analysts' queries, under a narrow policy: \`default: forbid\`, \`pack:tools\`, a permit for
\`connect\` and for \`read\` on the one schema \`public\`, and masks on five columns of it. Every statement is said directly and
through the gateway, in the simple protocol, in the extended one with results in text, and with results in binary; but for the masked columns,
and for what differs between two direct connections too (process ids, the time), each answer must be the same, byte for byte.

The tests that found these numbers write this page. The statements stand as data in
[adapters/postgres/src/refusals/corpora](../adapters/postgres/src/refusals/corpora), each with its source: captured from the tool
itself, or written down after its public source.
`

const CLOSING = `
*Exact*, *at most* and *opaque* are the certainties of [action-model.md](action-model.md), which also shows them by kind of statement.
*Masked*: some column of the answer comes back masked. *Refused by both*: the server itself refuses the account, with the same code.

## What these tools need besides

- \`pg_dump\` with COPY needs \`copy-out\` on the relations that it dumps, beside \`read\`; \`pg_dump --inserts\` and \`--schema-only\` need
  \`read\` alone. A dump of a table with masked columns holds masks; a unique index over such a column can't be restored from it.
- A user's own function needs \`call\`, even when its body can be read ([policy-guide.md](policy-guide.md)).
- What the C modules of citext, hstore, ltree, intarray, pg_trgm, fuzzystrmatch, unaccent, uuid-ossp, btree_gist and pgcrypto (digests and
  random values) only compute needs nothing, like a built-in: it is known by module and symbol, whatever it is called. What else an
  extension brings (functions in SQL or PL/pgSQL, \`crosstab\`, PostGIS) is read by its body, or named in a \`kind: Functions\` document.
- \`LOCK TABLE … IN ACCESS SHARE MODE\` is a \`read\`: every SELECT takes that lock. All other modes are \`lock\`.
`

export function drawPage(tallies: readonly Tally[]): string {
  const rows = tallies.map(({ corpus, exact, atMost, opaque, masked, withheld, refused }) => {
    const counts = [distinct(corpus), exact, atMost, opaque, masked, withheld, refused]
    return `| ${corpus.tool} | ${counts.join(' | ')} |`
  })
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, each) => total + of(each), 0)
  const total = [
    sum(({ corpus }) => distinct(corpus)),
    sum(({ exact }) => exact),
    sum(({ atMost }) => atMost),
    sum(({ opaque }) => opaque),
    sum(({ masked }) => masked),
    sum(({ withheld }) => withheld),
    sum(({ refused }) => refused),
  ]
  const table = [
    '| who says them | statements | exact | at most | opaque | masked | refused by both | refused |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    `| all | ${total.join(' | ')} |`,
  ]
  const reasons = ON_PURPOSE.map(({ what, why }) => `- ${what}: ${why}.`)
  return [OPENING, ...table, CLOSING, '## Refused on purpose', '', ...reasons, ''].join('\n')
}
