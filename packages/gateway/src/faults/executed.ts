/** The first truth: which numbered statements Postgres itself says that it was given. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'

/** What Postgres must be started with. */
export const TELLING = {
  log_statement: 'all',
  log_min_messages: 'log',
  log_min_error_statement: 'error',
  max_connections: 400,
} as const

/** A statement's number stands in its text as a name, which no redaction takes away. */
export const nameOf = (number: number) => `n_${number}_n`
export const numbersIn = (text: string): number[] =>
  [...text.matchAll(/\bn_(\d+)_n\b/g)].map(([, digits]) => Number(digits))

/** Grows with each call. */
export function followLog(path: string): () => ReadonlySet<number> {
  const executed = new Set<number>()
  let offset = statSync(path).size
  let rest = ''
  return () => {
    const size = statSync(path).size
    const bytes = Buffer.alloc(size - offset)
    const file = openSync(path, 'r')
    offset += readSync(file, bytes, 0, bytes.length, offset)
    closeSync(file)
    const text = rest + bytes.toString('latin1')
    for (const number of numbersIn(text)) executed.add(number)
    // A number may be cut in two.
    rest = text.slice(-40)
    return executed
  }
}
