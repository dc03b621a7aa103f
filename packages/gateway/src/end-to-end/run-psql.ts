/** The real psql, as a person would call it. */
import { execFile } from 'node:child_process'
import { findTool } from '@gatehouse/workbench'

export interface PsqlAnswer {
  /** 0 done, 2 no connection, 3 a statement failed. */
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * `connection` is libpq's keywords; every statement is one argument (-c), or all of them are a script when one uses `\g…`; rows come
 * unaligned, `|` between columns. */
export function runPsql(
  connection: Readonly<Record<string, string | number>>,
  statements: readonly string[],
  password = '',
): Promise<PsqlAnswer> {
  const command = findTool('psql')
  if (command === undefined) throw new Error('no `psql` here')
  const target = Object.entries({ dbname: 'shop', connect_timeout: 20, ...connection })
    .map(([name, value]) => `${name}='${String(value).replaceAll(/['\\]/g, '\\$&')}'`)
    .join(' ')
  const args = ['-X', '-w', '-At', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose', '-d', target]
  const script = statements.some((statement) => statement.includes(' \\g'))
  const input = script ? ['-f', '-'] : statements.flatMap((statement) => ['-c', statement])
  return new Promise((resolve) => {
    const child = execFile(
      command,
      [...args, ...input],
      { env: { PATH: process.env.PATH, HOME: '/nonexistent', PGPASSWORD: password }, timeout: 25_000 },
      (_fault, stdout, stderr) => resolve({ status: child.exitCode ?? 127, stdout, stderr }),
    )
    // One that could not connect has ended before it read anything.
    child.stdin?.on('error', () => {})
    child.stdin?.end(script ? `${statements.join('\n')}\n` : '')
  })
}
