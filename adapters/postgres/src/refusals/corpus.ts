/** Corpora: what real tools say, as data files; each statement with the tool that says it and where that is known from. */
import { readdirSync, readFileSync } from 'node:fs'
import type { PostgresMajor } from '@gatehouse/workbench'

export interface Said {
  readonly text: string
  /** Parameters in text form; null is NULL. */
  readonly values: readonly (string | null)[]
  /** A file in a public repository, or how it was captured. */
  readonly source: string
}

export interface Corpus {
  readonly name: string
  /** With its version, where that is known. */
  readonly tool: string
  /** The server's major that it was said to; left out: any. */
  readonly major?: PostgresMajor
  /** Each one said in a session of its own, in order. */
  readonly sessions: readonly (readonly Said[])[]
}

const FOLDER = new URL('./corpora/', import.meta.url)

/**
 * Lines that begin with `--: ` say what follows: `tool`, `source` (of all that follows), `session`, `statement`, and
 * `values` (a JSON list, before the statement's text). `{{class:orders}}` stands for an OID that the server gave.
 */
export function readCorpora(): readonly Corpus[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => readCorpus(file.slice(0, -4), readFileSync(new URL(file, FOLDER), 'utf8')))
}

export function readCorpus(name: string, file: string): Corpus {
  let tool = ''
  let source = ''
  let major: PostgresMajor | undefined
  const sessions: Said[][] = [[]]
  for (const part of file.split(/^--: /m).slice(1)) {
    const [line = '', ...rest] = part.split('\n')
    const [word, ...more] = line.split(' ')
    const argument = more.join(' ')
    const body = rest.join('\n').trim()
    const session = sessions.at(-1) as Said[]
    if (word === 'tool') tool = argument
    else if (word === 'source') source = argument
    else if (word === 'major') major = Number(argument) as PostgresMajor
    else if (word === 'session') sessions.push([])
    else if (word === 'statement') session.push({ text: body, values: [], source })
    else if (word === 'values')
      session[session.length - 1] = { text: body, values: JSON.parse(argument) as string[], source }
    else throw new Error(`${name}: what is \`${line}\``)
  }
  const said = sessions.filter((session) => session.length > 0)
  return { name, tool, ...(major === undefined ? {} : { major }), sessions: said }
}

/** The texts that differ. */
export function distinct(corpus: Corpus): number {
  return new Set(corpus.sessions.flat().map(({ text, values }) => text + JSON.stringify(values))).size
}
