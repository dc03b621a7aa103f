/** A suite that needs a real part: skipped aloud where the part is missing, and failed where it was promised. */
import process from 'node:process'
import { describe, test } from 'vitest'
import { type Availability, findMongosh, PROVIDE, type Tool, toolAvailable } from './available.js'
import { ferretdbAvailable } from './ferretdb.js'
import { kafkaAvailable } from './kafka-jars.js'
import { mysqlAvailable } from './mysql.js'
import { NOT_PROMISED } from './test-report.js'
import type { Toolchain } from './toolchain.js'

/** `mysql`, `mariadbd` and `ferretdb` are servers; `mariadb` is the command line. */
export type Part = 'kafka' | 'mysql' | 'ferretdb' | 'mongosh' | Tool

export function available(part: Part): Availability {
  if (part === 'mysql') return mysqlAvailable()
  if (part === 'ferretdb') return ferretdbAvailable()
  if (part === 'mongosh')
    return findMongosh() === undefined
      ? { ok: false, why: 'no mongosh in the cache', remedy: PROVIDE }
      : { ok: true }
  return part === 'kafka' ? kafkaAvailable() : toolAvailable(part)
}

/**
 * `describe` for a suite that needs these parts. Where one is missing the suite is skipped and `SKIPPED part: why — remedy`
 * printed; with `GATEHOUSE_EXPECT_ALL=1` it fails instead, unless `GATEHOUSE_EXPECT_SKIP` lists the part (comma-separated), or
 * nobody promised it for this machine.
 */
export function describePart(
  parts: Part | Toolchain | readonly (Part | Toolchain)[],
  name: string,
  suite: () => void,
): void {
  for (const each of [parts].flat()) {
    const part = typeof each === 'string' ? each : each.language
    const answer = typeof each === 'string' ? available(each) : each.available()
    if (answer.ok) continue
    const line = `SKIPPED ${part}: ${answer.why} — ${answer.remedy}${answer.promised === false ? NOT_PROMISED : ''}`
    console.log(`${line} (${name})`)
    if (answer.promised !== false && mustHave(part)) {
      test(`${name} (${part} is expected here)`, () => {
        throw new Error(line)
      })
    } else {
      describe.skip(`${name} [${line}]`, suite)
    }
    return
  }
  describe(name, suite)
}

function mustHave(part: string): boolean {
  const excused = (process.env.GATEHOUSE_EXPECT_SKIP ?? '').split(',')
  return process.env.GATEHOUSE_EXPECT_ALL === '1' && !excused.includes(part)
}
