import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { startProgram, temporaryFolder } from './index.js'
import { leftRunning } from './left-running.js'
import { firstDifference, runExamples } from './run-examples.js'
import { readReport } from './test-report.js'

describe('the sum of a run', () => {
  const one = (status: string, ...ancestorTitles: string[]) => ({ status, fullName: 'a b', ancestorTitles })

  test('counts tests, and a file that did not load as one failure', () => {
    const report = readReport({
      testResults: [
        { name: 'a', status: 'passed', assertionResults: [one('passed'), one('passed')] },
        { name: 'b', status: 'failed', assertionResults: [one('passed'), one('failed')] },
        { name: 'c', status: 'failed', assertionResults: [] },
      ],
    })
    expect(report).toMatchObject({ passed: 3, failed: 2, skipped: 0 })
  })

  test('names the reason of every skip, and those that give none', () => {
    const reason = 'SKIPPED kafka: no `java` — npm run provide'
    const assertionResults = [
      one('skipped', `Kafka [${reason}]`),
      one('pending', `Kafka [${reason}]`),
      one('skipped', 'other'),
      one('todo'),
    ]
    const report = readReport({ testResults: [{ name: 'a', status: 'passed', assertionResults }] })
    expect(report.skipped).toBe(4)
    expect([...report.skips]).toEqual([
      [reason, 2],
      ['SKIPPED without a reason: a b', 2],
    ])
  })
})

describe('examples', () => {
  test.each([
    ['a\nb\n', 'a\nb', undefined],
    ['a <id> b', 'a 123 b', undefined],
    ['a\n...\nz', 'a\nb\nc\nz', undefined],
    ['a\n...', 'a\nb\nc', undefined],
    ['a.c (1)', 'a.c (1)', undefined],
    ['a', 'b', 'line 1: expected `a`, got `b`'],
    ['a.c', 'abc', 'line 1: expected `a.c`, got `abc`'],
    ['a\nb', 'a', 'line 2: expected `b`, got `the end`'],
    ['a', 'a\nb', 'line 2: expected the end, got `b`'],
    ['a\n...\nz', 'a\nb', 'line 3: expected `z`, got `the end`'],
  ])('%j against %j', (expected, actual, difference) => {
    expect(firstDifference(expected, actual)).toBe(difference)
  })

  test('pass, fail and are skipped by what they print and how they end', () => {
    const root = temporaryFolder('examples')
    const make = (name: string, script: string, expected: string) => {
      const folder = join(root.path, 'examples', name)
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'run.sh'), script)
      writeFileSync(join(folder, 'expected.txt'), expected)
    }
    make('good', 'echo hello', 'hello')
    make('missing', 'echo "needs kafka"; exit 77', '')
    make('other', 'echo goodbye', 'hello')
    make('broken', 'echo oh >&2; exit 4', '')
    const results = runExamples(root.path, process.env)
    root.remove()
    expect(results.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['broken', 'failed'],
      ['good', 'passed'],
      ['missing', 'skipped'],
      ['other', 'failed'],
    ])
    expect(results[0]?.why).toContain('oh')
    expect(results[2]?.why).toBe('needs kafka')
  })
})

test('what is left running in a folder is found', async () => {
  const folder = temporaryFolder('left')
  const program = await startProgram({ command: 'sleep', args: ['60'], folder: folder.path })
  expect(leftRunning(folder.path).map(({ pid }) => pid)).toEqual([program.pid])
  await program.stop()
  expect(leftRunning(folder.path)).toEqual([])
  folder.remove()
})
