/** `gatehouse policy test`: what policies promise, tried without a database. */
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { printable } from '@gatehouse/audit'
import {
  type CaseResult,
  judgeCase,
  type Policy,
  type PolicyCase,
  readDocuments,
  type Statement,
  type TestDocument,
} from '@gatehouse/core'
import { readCatalogFile } from '../catalogs.js'
import { type Fault, faultLine } from '../configuration/fault.js'
import type { OfflineReader } from '../engines/engine.js'
import { emptyCatalog } from '../engines/load-engine.js'
import { loadPolicies } from '../policies/load-policies.js'
import { findPolicyFiles, TEST } from '../policies/policy-files.js'
import { EXIT, type ExitCode, painter } from '../terminal.js'
import type { Context } from './context.js'

export interface PolicyTestOptions {
  readonly json: boolean
}

interface Tried {
  readonly file: string
  readonly line: number
  readonly name: string
  readonly passed: boolean
  readonly differences: readonly string[]
}

export async function policyTest(
  path: string,
  { json }: PolicyTestOptions,
  context: Context,
): Promise<ExitCode> {
  const { terminal } = context
  if (!existsSync(path)) {
    terminal.err(`gatehouse: there is no \`${path}\``)
    return EXIT.usage
  }
  const found = findPolicyFiles(path, (name) => TEST.test(name))
  const faults: Fault[] = [...found.faults]
  const tried: Tried[] = []
  for (const [index, source] of found.files.entries()) {
    terminal.progress(`${index + 1}/${found.files.length} ${source.file}`)
    const { documents, faults: unread } = readDocuments(source)
    faults.push(...unread)
    for (const document of documents)
      if (document.kind === 'PolicyTest') await tryDocument(document, context, tried, faults)
  }
  terminal.progress(undefined)
  const failed = tried.filter(({ passed }) => !passed)
  if (json)
    terminal.out(
      JSON.stringify({ passed: tried.length - failed.length, failed: failed.length, cases: tried, faults }),
    )
  else report(tried, faults, context)
  if (faults.length > 0 || failed.length > 0) return EXIT.no
  if (tried.length > 0) return EXIT.done
  terminal.err(`gatehouse: \`${path}\` holds no policy test (*.test.yaml)`)
  return EXIT.usage
}

async function tryDocument(
  document: TestDocument,
  context: Context,
  tried: Tried[],
  faults: Fault[],
): Promise<void> {
  const { file } = document.place
  const folder = dirname(resolve(file))
  const loading = loadPolicies(document.policies, folder, () => document.place)
  if (loading.kind === 'faults') {
    faults.push(...loading.faults)
    return
  }
  const { policy, knowledge } = loading.policies
  let reader: OfflineReader
  try {
    const catalog =
      document.catalog === undefined
        ? await emptyCatalog()
        : await readCatalogFile(resolve(folder, document.catalog))
    reader = await catalog.openReader({ knowledge, accounts: [ACCOUNT], database: document.database })
  } catch (cause) {
    faults.push({ ...document.place, message: cause instanceof Error ? cause.message : String(cause) })
    return
  }
  try {
    for (const each of document.cases) {
      const { passed, differences } = await tryCase(each, document, policy, reader, context.now())
      tried.push({ file, line: each.place.line, name: each.name ?? each.statement, passed, differences })
    }
  } finally {
    await reader.close()
  }
}

/** The upstream account that statements are read for. */
const ACCOUNT = 'gatehouse'

async function tryCase(
  testCase: PolicyCase,
  document: TestDocument,
  policy: Policy,
  reader: OfflineReader,
  now: number,
): Promise<Pick<CaseResult, 'passed' | 'differences'>> {
  const read = await reader.read(testCase.statement, ACCOUNT)
  if (read.kind === 'unreadable') return judgeUnreadable(testCase, read.why)
  const subject = {
    labels: document.labels,
    database: reader.database ?? '',
    protocol: reader.protocol,
    now: document.now === undefined ? now : Date.parse(document.now),
  }
  const results = read.statements.map((statement: Statement) =>
    judgeCase(policy, testCase, statement, subject),
  )
  // One refused statement refuses its whole exchange: it is the answer. Otherwise the last one's stands for all.
  const deciding =
    results.find(({ explanation }) => explanation.decision.effect !== 'permit') ?? results.at(-1)
  return deciding ?? { passed: false, differences: ['the text holds no statement'] }
}

function judgeUnreadable({ expect }: PolicyCase, why: string): Pick<CaseResult, 'passed' | 'differences'> {
  const differences = [
    ...(expect.effect === 'forbid' ? [] : [`expected effect ${expect.effect}, got forbid`]),
    ...(expect.code === undefined || expect.code === 'GH_UNREADABLE'
      ? []
      : [`expected code ${expect.code}, got GH_UNREADABLE`]),
    ...(expect.rules ?? []).map(
      (rule) => `expected rule ${rule} to speak: what cannot be read is forbidden by no rule`,
    ),
  ]
  return {
    passed: differences.length === 0,
    differences: differences.length === 0 ? [] : [...differences, `it cannot be read: ${why}`],
  }
}

function report(tried: readonly Tried[], faults: readonly Fault[], { terminal }: Context): void {
  const paint = painter(terminal)
  let file = ''
  for (const each of tried) {
    if (each.file !== file) terminal.out(paint(each.file, 'bold'))
    file = each.file
    const mark = each.passed ? paint('pass', 'green') : paint('FAIL', 'red')
    terminal.out(`  ${mark}  ${each.line}: ${printable(each.name)}`)
    for (const difference of each.differences) terminal.out(`        ${printable(difference)}`)
  }
  for (const fault of faults) terminal.err(faultLine(fault))
  const failed = tried.filter(({ passed }) => !passed).length
  const sum = `${tried.length - failed} passed, ${failed} failed`
  terminal.out(failed === 0 && faults.length === 0 ? paint(sum, 'green') : paint(sum, 'red'))
}
