/** What came of a call, as it can be compared: values of each type told apart, what is new each time left out. */
import { EJSON } from 'bson'

const NEW_EACH_TIME = new Set([
  'lsid',
  'operationTime',
  '$clusterTime',
  'ns_uuid',
  'uptime',
  'uptimeMillis',
  'uptimeEstimate',
  'localTime',
  'executionTimeMillis',
  'executionTimeMillisEstimate',
  'serverInfo',
  'pid',
  'uuid',
])

export interface Outcome {
  readonly value?: unknown
  readonly error?: unknown
}

export async function outcomeOf(call: () => unknown): Promise<Outcome> {
  try {
    return { value: plain(await call()) }
  } catch (error) {
    return { error: errorOf(error) }
  }
}

/** What a program looks at. */
export function errorOf(error: unknown): unknown {
  if (!(error instanceof Error)) return plain(error)
  const { name, message, code, codeName, errorLabels, writeErrors, writeConcernErrors, result } =
    error as Fault
  return plain({
    name,
    message,
    code,
    codeName,
    labels: [...(errorLabels ?? [])].sort(),
    writeErrors: asList(writeErrors).map(({ index, code: each, errmsg, errInfo }) => ({
      index,
      code: each,
      errmsg,
      errInfo,
    })),
    writeConcernErrors,
    result: result && {
      inserted: result.insertedCount,
      matched: result.matchedCount,
      modified: result.modifiedCount,
      deleted: result.deletedCount,
      upserted: result.upsertedCount,
    },
  })
}

interface WriteError {
  readonly index?: number
  readonly code?: number
  readonly errmsg?: string
  readonly errInfo?: unknown
}

interface Fault extends Error {
  readonly code?: unknown
  readonly codeName?: string
  readonly errorLabels?: readonly string[]
  readonly writeErrors?: WriteError | readonly WriteError[]
  readonly writeConcernErrors?: unknown
  readonly result?: Readonly<Record<string, unknown>>
}

const asList = (errors: Fault['writeErrors']): readonly WriteError[] =>
  errors === undefined ? [] : Array.isArray(errors) ? errors : [errors as WriteError]

/** Extended JSON with each number's type; ids that a driver or server made are all one. */
export function plain(value: unknown): unknown {
  if (value === undefined) return null
  const text = EJSON.stringify({ value: functionsNamed(value) }, { relaxed: false })
  const steady = (text ?? 'null').replaceAll(/\{"\$oid":"[0-9a-f]{24}"\}/g, '"an id"')
  return withoutNews(JSON.parse(steady).value)
}

const functionsNamed = (value: unknown): unknown =>
  typeof value === 'function' ? `function ${value.name}` : value

function withoutNews(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNews)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !NEW_EACH_TIME.has(name))
      .map(([name, each]) => [name, withoutNews(each)]),
  )
}
