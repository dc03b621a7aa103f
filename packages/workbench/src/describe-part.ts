/** A suite that needs a real part: skipped aloud where the part is missing, and failed where it was promised. */
import process from 'node:process'
import { describe, test } from 'vitest'
import { type Availability, type Tool, toolAvailable } from './available.js'
import { kafkaAvailable } from './kafka-jars.js'
import { mysqlAvailable } from './mysql.js'

/** `mysql` and `mariadbd` are servers; `mariadb` is the command line. */
export type Part = 'kafka' | 'mysql' | Tool

export function available(part: Part): Availability {
  if (part === 'mysql') return mysqlAvailable()
  return part === 'kafka' ? kafkaAvailable() : toolAvailable(part)
}

/**
 * `describe` for a suite that needs these parts. Where one is missing the suite is skipped and `SKIPPED part: why — remedy`
 * printed; with `GATEHOUSE_EXPECT_ALL=1` it fails instead, unless `GATEHOUSE_EXPECT_SKIP` lists the part (comma-separated).
 */
export function describePart(parts: Part | readonly Part[], name: string, suite: () => void): void {
  const wanted = typeof parts === 'string' ? [parts] : parts
  for (const part of wanted) {
    const answer = available(part)
    if (answer.ok) continue
    const line = `SKIPPED ${part}: ${answer.why} — ${answer.remedy}`
    console.log(`${line} (${name})`)
    if (mustHave(part)) {
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

function mustHave(part: Part): boolean {
  const excused = (process.env.GATEHOUSE_EXPECT_SKIP ?? '').split(',')
  return process.env.GATEHOUSE_EXPECT_ALL === '1' && !excused.includes(part)
}
