/** A contract's result as a page: docs/adapters/<name>.md. */
import type { Manifest } from '@gatehouse/adapter-kit'
import type { Verdict } from './contract.js'
import type { Speaker } from './speaker.js'

export interface CardOptions {
  readonly title: string
  readonly manifest: Manifest
  readonly speaker: Speaker
  readonly scripted: readonly Verdict[]
  /** Over real servers; the name says which. */
  readonly real?: readonly { readonly name: string; readonly verdicts: readonly Verdict[] }[]
  /** Paragraphs of the author's own. */
  readonly notes?: readonly string[]
}

const GROUPS = {
  F: 'Framing',
  N: 'Normalising',
  R: 'Refusing',
  O: 'Order',
  A: 'Audit',
  B: 'Obligations',
  I: 'Identity',
  E: 'Ending',
} as const

const WORDS: Readonly<Record<Verdict['result'], string>> = {
  keeps: 'kept',
  refuses: 'refuses cleanly',
  broken: 'BROKEN',
  unplayed: '–',
}

const yes = (answer: boolean) => (answer ? 'yes' : 'no: refused')

function transactionsOf({ transactions, carriedTransaction }: Speaker): string {
  if (transactions !== undefined) return `yes; an error leaves one ${transactions.errorLeaves}`
  return carriedTransaction === undefined ? 'no' : 'yes, carried by their commands; an error ends one'
}

export function contractCard(options: CardOptions): string {
  const { manifest, speaker, real = [] } = options
  const names = real.map(({ name }) => ` ${name} |`).join('')
  const each = (cell: string) => real.map(() => cell).join('')
  const lines = [
    `# ${options.title}`,
    '',
    'Generated from the contract that every adapter is held to (`packages/adapter-contract`); a test compares this page with',
    'what the clauses say today. `docs/adding-an-adapter.md` says what they mean.',
    '',
    ...(options.notes ?? []).flatMap((note) => [note, '']),
    '## What it can',
    '',
    '| | |',
    '| --- | --- |',
    `| protocol | \`${manifest.name}\` |`,
    `| default port | ${manifest.defaultPort} |`,
    `| masks | ${yes(manifest.honours.mask)} |`,
    `| masks keys inside documents | ${yes(manifest.honours.keys)} |`,
    `| limits rows | ${yes(manifest.honours.rows)} |`,
    `| limits bytes of rows | ${yes(manifest.honours.bytes)} |`,
    `| limits changed rows | ${yes(manifest.honours.affected)} |`,
    `| pipelines | ${manifest.pipelines ? 'yes' : 'no'} |`,
    `| forms of a statement | ${speaker.forms.map(({ name }) => name).join(', ')} |`,
    `| several statements in one text | ${speaker.several === undefined ? 'no' : 'yes'} |`,
    `| transactions | ${transactionsOf(speaker)} |`,
    '',
    '## The clauses',
    '',
    `| | clause | scripted upstream |${names}`,
    `| --- | --- | --- |${each(' --- |')}`,
  ]
  let group = ''
  for (const verdict of inOrder(options.scripted)) {
    const letter = verdict.number.slice(0, 1) as keyof typeof GROUPS
    if (letter !== group) lines.push(`| **${letter}** | **${GROUPS[letter]}** | |${each(' |')}`)
    group = letter
    const cells = real.map(({ verdicts }) => {
      const there = verdicts.find(({ number }) => number === verdict.number)
      return ` ${there === undefined ? '–' : say(there)} |`
    })
    lines.push(`| ${verdict.number} | ${verdict.title} | ${say(verdict)} |${cells.join('')}`)
  }
  return `${lines.join('\n')}\n`
}

function say({ result, why }: Verdict): string {
  return why === undefined ? WORDS[result] : `${WORDS[result]} (${why})`
}

const ORDER = Object.keys(GROUPS).join('')

function inOrder(verdicts: readonly Verdict[]): readonly Verdict[] {
  const place = ({ number }: Verdict) => ORDER.indexOf(number.slice(0, 1)) * 100 + Number(number.slice(1))
  return [...verdicts].sort((one, other) => place(one) - place(other))
}
