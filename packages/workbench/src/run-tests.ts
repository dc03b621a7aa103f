/** `npm test` after setup: lint, types, every test, every example; then the sum of it, and nothing left running. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '@gatehouse/embedded'
import { type LeftProcess, leftRunning } from './left-running.js'
import { runExamples } from './run-examples.js'
import { type JsonReport, NOT_PROMISED, readReport } from './test-report.js'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const CEILING = 60 * 60_000

/** Ctrl-C ends what runs at the moment; then we clean up and end, too. */
let interrupted = false
let running: ChildProcess | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted = true
    running?.kill(signal)
  })
}

interface Sum {
  passed: number
  failed: number
  skipped: number
  readonly remarks: string[]
}

process.exitCode = await main(process.argv.slice(2))

async function main(filters: readonly string[]): Promise<number> {
  // Everything temporary is made in here: what still runs in here afterwards was left behind.
  const run = temporaryFolder('run')
  chmodSync(run.path, 0o711)
  const env = { ...process.env, TMPDIR: run.path }
  const sum: Sum = { passed: 0, failed: 0, skipped: 0, remarks: [] }
  const started = performance.now()
  try {
    await check(sum, 'lint', 'biome', ['check', '.'], env)
    await check(sum, 'types', 'tsc', ['--build'], env)
    await tests(sum, filters, join(run.path, 'report.json'), env)
    if (filters.length === 0 && !interrupted) examples(sum, env)
    await nothingLeft(sum, run.path)
  } finally {
    run.remove()
  }
  if (interrupted) fail(sum, 'interrupted')
  else judgeSkips(sum)
  console.log(`\n${sum.remarks.join('\n')}\nin ${Math.round((performance.now() - started) / 1000)} s`)
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`)
  return sum.failed === 0 ? 0 : 1
}

async function check(
  sum: Sum,
  name: string,
  tool: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const code = await runTool(tool, args, env)
  if (code === 0) sum.passed += 1
  else fail(sum, `${name} (\`${tool} ${args.join(' ')}\`)`)
}

async function tests(
  sum: Sum,
  filters: readonly string[],
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const code = await runTool('vitest', ['run', ...reporters, ...filters], env)
  if (!existsSync(file)) {
    fail(sum, `vitest ended with ${code} and left no report`)
    return
  }
  const report = readReport(JSON.parse(readFileSync(file, 'utf8')) as JsonReport)
  sum.passed += report.passed
  sum.failed += report.failed
  sum.skipped += report.skipped
  for (const [why, count] of report.skips)
    sum.remarks.push(`${why} (${count} ${count === 1 ? 'test' : 'tests'})`)
  // An error outside any test, such as a rejection that nobody awaited.
  if (code !== 0 && report.failed === 0) fail(sum, `vitest ended with ${code} although no test failed`)
}

function examples(sum: Sum, env: NodeJS.ProcessEnv): void {
  for (const { name, outcome, why } of runExamples(root, env)) {
    console.log(`example ${name}: ${outcome}`)
    if (outcome === 'failed') fail(sum, `example ${name}: ${why}`)
    else sum[outcome] += 1
    if (outcome === 'skipped') sum.remarks.push(`SKIPPED example ${name}: ${why}`)
  }
}

async function nothingLeft(sum: Sum, folder: string): Promise<void> {
  let left: LeftProcess[] = leftRunning(folder)
  for (let wait = 0; left.length > 0 && wait < 50; wait += 1) {
    await sleep(100)
    left = leftRunning(folder)
  }
  for (const { pid, command } of left) {
    fail(sum, `left running: ${pid} ${command.slice(0, 200)}`)
    process.kill(pid, 'SIGKILL')
  }
}

/** Where every part is promised, a skip is a failure, unless GATEHOUSE_EXPECT_SKIP names its part. */
function judgeSkips(sum: Sum): void {
  if (process.env.GATEHOUSE_EXPECT_ALL !== '1') return
  const excused = (process.env.GATEHOUSE_EXPECT_SKIP ?? '').split(',').filter((part) => part !== '')
  for (const remark of sum.remarks.filter((line) => line.startsWith('SKIPPED'))) {
    if (remark.includes(NOT_PROMISED)) continue
    if (!excused.some((part) => remark.startsWith(`SKIPPED ${part}:`))) fail(sum, `not expected: ${remark}`)
  }
}

function fail(sum: Sum, why: string): void {
  sum.failed += 1
  sum.remarks.push(`FAILED ${why}`)
}

/** Its exit code; KILL after an hour. */
function runTool(tool: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const command = join(root, 'node_modules', '.bin', tool)
  return new Promise((done) => {
    if (interrupted) return done(130)
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
    running = child
    const timer = setTimeout(() => child.kill('SIGKILL'), CEILING)
    const end = (code: number) => {
      clearTimeout(timer)
      done(code)
    }
    child.once('error', () => end(127))
    child.once('exit', (code) => end(code ?? 1))
  })
}
