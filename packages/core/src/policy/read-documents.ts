/** Reads a policy file: YAML, one or several documents, every fault with its place. */
import { isScalar, LineCounter, parseAllDocuments, visit, type Document as YamlDocument } from 'yaml'
import type { z } from 'zod'
import { checkRule } from './check-rule.js'
import type { Document, PolicyDocument } from './document.js'
import { classesShape, functionsShape, policyShape, testShape } from './document-schema.js'
import { explainIssue } from './explain-issue.js'
import type { Place, PolicyFault } from './fault.js'
import { parseFieldPattern } from './field-pattern.js'

export interface PolicyFile {
  /** As faults name it. */
  readonly file: string
  readonly text: string
}

export interface Reading {
  readonly documents: readonly Document[]
  /** Not empty: nothing of this file may be used. */
  readonly faults: readonly PolicyFault[]
}

/** Bytes are counted by whoever reads the file; this bounds what is parsed. */
const MOST_CHARACTERS = 4 * 1024 * 1024

/** Rules are known by `policy/rule`: nobody else's may be taken for these. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'tools',
  'guardrails',
  'masking',
  'agents',
  'observe',
  'gatehouse',
])

type Path = readonly PropertyKey[]

/** Finds places in one YAML document. */
interface Locator {
  at(path: Path, into?: number): Place
  key(path: Path): Place
}

export function readDocuments(source: PolicyFile, options: { readonly pack?: boolean } = {}): Reading {
  if (source.text.length > MOST_CHARACTERS) {
    return {
      documents: [],
      faults: [{ file: source.file, line: 1, column: 1, message: 'too large for a policy file' }],
    }
  }
  const counter = new LineCounter()
  const place = (offset: number): Place => {
    const { line, col } = counter.linePos(offset)
    return { file: source.file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const documents: Document[] = []
  const faults: PolicyFault[] = []
  const parsed = parseAllDocuments(source.text, { lineCounter: counter, prettyErrors: false })
  for (const yaml of 'empty' in parsed ? [] : parsed) {
    const broken = [...yaml.errors, ...yaml.warnings]
    for (const error of broken)
      faults.push({ ...place(error.pos[0]), message: `not valid YAML: ${lower(error.message)}` })
    const reserved = findReservedKey(yaml)
    if (reserved !== undefined) faults.push({ ...place(reserved), message: 'unknown key `__proto__`' })
    if (broken.length > 0 || reserved !== undefined || yaml.contents === null) continue
    const value = toPlain(yaml)
    if (value instanceof Error) {
      faults.push({ ...place(0), message: `not usable YAML: ${lower(value.message)}` })
      continue
    }
    if (value === null) continue
    const read = readValue(value, locate(yaml, source.text, place), options.pack ?? false)
    faults.push(...read.faults)
    documents.push(...read.documents)
  }
  return { documents: faults.length > 0 ? [] : documents, faults }
}

/** Throws for aliases that would grow without bound. */
function toPlain(yaml: YamlDocument): unknown {
  try {
    return yaml.toJS({ maxAliasCount: 100 })
  } catch (error) {
    return error instanceof Error ? error : new Error('cannot be read')
  }
}

function findReservedKey(yaml: YamlDocument): number | undefined {
  let found: number | undefined
  visit(yaml, {
    Pair(_, pair) {
      if (isScalar(pair.key) && pair.key.value === '__proto__') found = pair.key.range?.[0] ?? 0
    },
  })
  return found
}

function locate(yaml: YamlDocument, text: string, place: (offset: number) => Place): Locator {
  const nodeAt = (path: Path): unknown => yaml.getIn(path.map(String), true) ?? yaml.getIn(path, true)
  const rangeOf = (node: unknown): number | undefined =>
    typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
      ? node.range[0]
      : undefined
  const at = (path: Path, into = 0): Place => {
    const node = path.length === 0 ? yaml.contents : nodeAt(path)
    const start = rangeOf(node)
    if (start === undefined) return path.length === 0 ? place(yaml.range?.[0] ?? 0) : at(path.slice(0, -1))
    if (into === 0 || !isScalar(node) || typeof node.value !== 'string') return place(start)
    const quote = text[start] === node.value[0] ? 0 : 1
    const exact = text.startsWith(node.value, start + quote)
    return place(exact ? start + quote + into : start)
  }
  const key = (path: Path): Place => {
    const parent = path.length === 1 ? yaml.contents : nodeAt(path.slice(0, -1))
    const items: unknown =
      typeof parent === 'object' && parent !== null && 'items' in parent ? parent.items : []
    const wanted = String(path.at(-1))
    for (const pair of Array.isArray(items) ? items : []) {
      if (isScalar(pair?.key) && String(pair.key.value) === wanted) return place(pair.key.range?.[0] ?? 0)
    }
    return at(path.slice(0, -1))
  }
  return { at, key }
}

function readValue(value: unknown, where: Locator, pack: boolean): Reading {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  const isTest = typeof value === 'object' && value !== null && 'cases' in value && kind === undefined
  if (kind === 'Policy') return check(policyShape, value, where, (data) => policyFrom(data, where, pack))
  if (kind === 'Classes') return check(classesShape, value, where, (data) => classesFrom(data, where))
  if (kind === 'Functions') {
    return check(functionsShape, value, where, ({ functions }) => ({
      documents: [
        {
          kind: 'Functions',
          place: where.at([]),
          functions: functions.map((entry, i) => ({ ...entry, place: where.at(['functions', i]) })),
        },
      ],
      faults: [],
    }))
  }
  if (kind === 'PolicyTest' || isTest) {
    return check(
      testShape,
      value,
      where,
      ({ apiVersion: _, kind: __, labels, catalog, database, now, ...rest }) => ({
        documents: [
          {
            ...rest,
            kind: 'PolicyTest',
            place: where.at([]),
            labels: labels ?? {},
            ...(catalog === undefined ? {} : { catalog }),
            ...(database === undefined ? {} : { database }),
            ...(now === undefined ? {} : { now }),
            cases: rest.cases.map((entry, i) => ({ ...entry, place: where.at(['cases', i]) })),
          },
        ],
        faults: [],
      }),
    )
  }
  const message = 'expected `kind` to be Policy, Classes or Functions, or a policy test with `cases`'
  return { documents: [], faults: [{ ...where.at(kind === undefined ? [] : ['kind']), message }] }
}

function check<S extends z.ZodType>(
  shape: S,
  value: unknown,
  where: Locator,
  then: (data: z.infer<S>) => Reading,
): Reading {
  const result = shape.safeParse(value)
  if (result.success) return then(result.data)
  const faults = result.error.issues.flatMap((issue) =>
    explainIssue(issue, value).map(({ path, onKey, message }) => ({
      ...(onKey ? where.key(path) : where.at(path)),
      message,
    })),
  )
  return { documents: [], faults }
}

function policyFrom(data: z.infer<typeof policyShape>, where: Locator, pack: boolean): Reading {
  const faults: PolicyFault[] = []
  const seen = new Set<string>()
  if (!pack && OWN_NAMES.has(data.metadata.name)) {
    const message = `\`${data.metadata.name}\` is a name of Gatehouse's own policies`
    faults.push({ ...where.at(['metadata', 'name']), message })
  }
  for (const [i, rule] of data.rules.entries()) {
    if (seen.has(rule.name)) {
      faults.push({
        ...where.at(['rules', i, 'name']),
        message: `another rule here is named \`${rule.name}\``,
      })
    }
    seen.add(rule.name)
    for (const fault of checkRule(rule)) {
      faults.push({ ...where.at(['rules', i, ...fault.path], fault.at), message: fault.message })
    }
  }
  const document: PolicyDocument = {
    kind: 'Policy',
    place: where.at([]),
    name: data.metadata.name,
    pack,
    match: data.match ?? {},
    ...(data.default === undefined ? {} : { default: data.default }),
    rules: data.rules.map((rule, i) => ({ ...rule, place: where.at(['rules', i]) })),
  }
  return { documents: [document], faults }
}

function classesFrom(data: z.infer<typeof classesShape>, where: Locator): Reading {
  const faults: PolicyFault[] = []
  const fields = Object.entries(data.fields).map(([pattern, classes]) => {
    const place = where.key(['fields', pattern])
    if (parseFieldPattern(pattern) === undefined) {
      faults.push({
        ...place,
        message: 'expected a resource, a dot and a field, e.g. `*.app.customers.salary`',
      })
    }
    return { pattern, classes, place }
  })
  return { documents: [{ kind: 'Classes', place: where.at([]), fields }], faults }
}

function lower(message: string): string {
  const line = message.split('\n', 1)[0] ?? ''
  return line.charAt(0).toLowerCase() + line.slice(1)
}
