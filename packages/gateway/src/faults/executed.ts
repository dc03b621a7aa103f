/** The first truth: which numbered statements the server itself says that it was given. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'

/** A statement's number stands in its text as a name, which no redaction takes away. */
export const nameOf = (number: number) => `n_${number}_n`
export const numbersIn = (text: string): number[] =>
  [...text.matchAll(/\bn_(\d+)_n\b/g)].map(([, digits]) => Number(digits))

/** Follows a log from its end as it is now; `numbers` gets whole lines. Grows with each call. */
export function followLog(path: string, numbers: (text: string) => number[]): () => ReadonlySet<number> {
  const executed = new Set<number>()
  let offset = statSync(path).size
  let rest = Buffer.alloc(0)
  return () => {
    const bytes = Buffer.alloc(statSync(path).size - offset)
    const file = openSync(path, 'r')
    offset += readSync(file, bytes, 0, bytes.length, offset)
    closeSync(file)
    const all = Buffer.concat([rest, bytes])
    const end = all.lastIndexOf(0x0a) + 1
    for (const number of numbers(all.toString('latin1', 0, end))) executed.add(number)
    rest = all.subarray(end)
    return executed
  }
}
