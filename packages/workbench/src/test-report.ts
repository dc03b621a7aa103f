/** What came of a test run, read from vitest's JSON report. */
export interface TestReport {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** `SKIPPED kafka: why — remedy` → how many tests. */
  readonly skips: ReadonlyMap<string, number>
}

/** Ends the reason of a skip that no run fails for. */
export const NOT_PROMISED = ' (not promised here)'

export interface JsonReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly ancestorTitles: readonly string[]
    }[]
  }[]
}

/** A file that failed without a failed test (it did not even load, or a hook threw) counts as one failure. */
export function readReport(report: JsonReport): TestReport {
  const skips = new Map<string, number>()
  let passed = 0
  let failed = 0
  let skipped = 0
  for (const file of report.testResults) {
    let failedHere = 0
    for (const { status, ancestorTitles, fullName } of file.assertionResults) {
      if (status === 'passed') passed += 1
      else if (status === 'failed') failedHere += 1
      else {
        skipped += 1
        const why = reasonIn(ancestorTitles) ?? `SKIPPED without a reason: ${fullName}`
        skips.set(why, (skips.get(why) ?? 0) + 1)
      }
    }
    failed += file.status === 'failed' ? Math.max(1, failedHere) : failedHere
  }
  return { passed, failed, skipped, skips }
}

/** describePart writes the reason into the suite's title. */
function reasonIn(titles: readonly string[]): string | undefined {
  return titles.map((title) => /\[(SKIPPED .+)\]$/.exec(title)?.[1]).find((reason) => reason !== undefined)
}
