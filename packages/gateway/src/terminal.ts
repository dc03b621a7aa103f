/** Where a command writes: lines for people and programs, colours only where a person looks. */

export interface Terminal {
  out(line: string): void
  err(line: string): void
  /** False where output is piped, or NO_COLOR is set. */
  readonly colours: boolean
  /** A line that the next one replaces, on a terminal; nothing elsewhere. */
  progress(text: string | undefined): void
}

export interface Streams {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: Readonly<Record<string, string | undefined>>
}

export function createTerminal({ stdout, stderr, env }: Streams): Terminal {
  const person = stderr.isTTY === true && env.TERM !== 'dumb'
  return {
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void stderr.write(`${line}\n`),
    colours: stdout.isTTY === true && env.TERM !== 'dumb' && (env.NO_COLOR ?? '') === '',
    progress(text) {
      if (person) stderr.write(text === undefined ? '\r\u001b[K' : `\r\u001b[K${text}`)
    },
  }
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const
export type Paint = (text: string, colour: keyof typeof CODES) => string

export function painter({ colours }: Pick<Terminal, 'colours'>): Paint {
  return (text, colour) => (colours ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text)
}

/** Interface.md §1: done, the answer is no, used wrongly, could not. */
export const EXIT = { done: 0, no: 1, usage: 2, failed: 3 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
