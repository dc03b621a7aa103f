/** Runs every folder of `examples/` and compares what it prints with what it says it prints. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ExampleResult {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why it failed or was skipped. */
  readonly why: string
}

/** An example that lacks a part ends with this code and says on its last line what it lacks. */
const SKIPPED = 77

/** An example is a folder with a `run.sh`; its standard output is compared with `expected.txt`. */
export function runExamples(root: string, env: NodeJS.ProcessEnv): ExampleResult[] {
  const folder = join(root, 'examples')
  const names = existsSync(folder) ? readdirSync(folder).sort() : []
  return names
    .filter((name) => existsSync(join(folder, name, 'run.sh')))
    .map((name) => runExample(join(folder, name), name, env))
}

function runExample(folder: string, name: string, env: NodeJS.ProcessEnv): ExampleResult {
  const result = spawnSync('/bin/sh', ['run.sh'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000,
  })
  const said = result.stdout?.toString() ?? ''
  const complaints = result.stderr?.toString().trim().slice(-4000) ?? ''
  const answer = (outcome: ExampleResult['outcome'], why: string) => ({ name, outcome, why })
  if (result.status === SKIPPED)
    return answer('skipped', `${said}\n${complaints}`.trim().split('\n').at(-1) ?? '')
  if (result.status !== 0) {
    const how = result.error?.message ?? `ended with ${result.status ?? result.signal}`
    return answer('failed', `${how}\n${said}\n${complaints}`)
  }
  const expected = readFileSync(join(folder, 'expected.txt'), 'utf8')
  const difference = firstDifference(expected, said)
  return difference === undefined ? answer('passed', '') : answer('failed', `${difference}\n${complaints}`)
}

/**
 * The first line that differs, in words. In the expected text `<…>` (any word between angle brackets) stands for what changes
 * from run to run, and a line `...` for any number of lines.
 */
export function firstDifference(expected: string, actual: string): string | undefined {
  const wanted = expected.trimEnd().split('\n')
  const got = actual.trimEnd().split('\n')
  let at = 0
  for (let index = 0; index < wanted.length; index += 1) {
    const line = wanted[index] ?? ''
    if (line === '...') {
      const next = wanted[index + 1]
      if (next === undefined) return undefined
      while (at < got.length && !asPattern(next).test(got[at] ?? '')) at += 1
      continue
    }
    if (!asPattern(line).test(got[at] ?? ''))
      return `line ${at + 1}: expected \`${line}\`, got \`${got[at] ?? 'the end'}\``
    at += 1
  }
  return at < got.length ? `line ${at + 1}: expected the end, got \`${got[at]}\`` : undefined
}

function asPattern(line: string): RegExp {
  const parts = line.trimEnd().split(/<[\w-]+>/)
  return new RegExp(`^${parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.+')}\\s*$`)
}
