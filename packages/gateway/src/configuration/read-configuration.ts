/** Reads `gatehouse.yaml`: all of it is right, or every fault is named with line and column. */
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { type Files, onDisk } from '../workers/inputs.js'
import { brokersOnLoopback } from './audit-keys.js'
import { configurationSchema } from './configuration-schema.js'
import { type Fault, keyPath } from './fault.js'
import { type ListenerSettings, onLoopback } from './listener-keys.js'
import { reasonOf } from './secret.js'
import type { Surroundings } from './surroundings.js'
import { upstreamOnLoopback } from './upstream-keys.js'
import { readYaml, type YamlSource } from './yaml-source.js'

export type Configuration = z.output<ReturnType<typeof configurationSchema>> & {
  /** As it was named. */
  readonly file: string
  readonly folder: string
  /** Said at every start: what the operator has allowed and should not forget. */
  readonly warnings: readonly string[]
  /** Where a key stands, for faults that are found later. */
  placeOf(path: readonly PropertyKey[]): { readonly line: number; readonly column: number }
}

export type ReadConfiguration =
  | { readonly kind: 'configuration'; readonly configuration: Configuration }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }

export interface ReadOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** False: absent secrets are let pass, for commands that sign in nowhere. */
  readonly secrets?: boolean
  readonly files?: Files
}

/** Never throws; a file that cannot be read is a fault. */
export function readConfiguration(file: string, options: ReadOptions): ReadConfiguration {
  const { files = onDisk } = options
  let source: YamlSource
  try {
    source = readYaml(file, new TextDecoder('utf-8', { fatal: true }).decode(files.readFile(file)))
  } catch (cause) {
    return { kind: 'faults', faults: [{ file, message: `cannot be read: ${reasonOf(cause)}` }] }
  }
  if (source.faults.length > 0) return { kind: 'faults', faults: source.faults }
  const surroundings: Surroundings = {
    folder: dirname(resolve(file)),
    env: options.env,
    secrets: options.secrets ?? true,
    readFile: files.readFile,
    mode: files.mode,
  }
  const read = configurationSchema(surroundings).safeParse(source.value ?? {}, { error: wording })
  if (!read.success) return { kind: 'faults', faults: faultsOf(source, read.error.issues) }
  const configuration = {
    ...read.data,
    dataDir: resolve(surroundings.folder, read.data.dataDir),
    file,
    folder: surroundings.folder,
    warnings: warningsOf(read.data),
    placeOf: source.placeOf,
  }
  return { kind: 'configuration', configuration }
}

/** What the parts did not say themselves. */
function wording(issue: {
  readonly code?: string
  readonly input?: unknown
  readonly expected?: unknown
}): string {
  if (issue.code === 'invalid_type') return `expected ${String(issue.expected)}`
  return 'is not a value of this key'
}

function faultsOf(source: YamlSource, issues: readonly z.core.$ZodIssue[]): readonly Fault[] {
  const faults = issues.flatMap((issue): Fault[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        file: source.file,
        ...source.placeOfKey(issue.path, key),
        key: keyPath([...issue.path, key]),
        message: `unknown key: ${issue.message}`,
      }))
    const missing =
      valueAt(source.value, issue.path) === undefined && !issue.message.startsWith('is required')
    const message =
      missing && issue.message.startsWith('expected') ? `is required: ${issue.message}` : issue.message
    return [{ file: source.file, ...source.placeOf(issue.path), key: keyPath(issue.path), message }]
  })
  return faults.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined
    found = (found as Record<PropertyKey, unknown>)[part]
  }
  return found
}

function warningsOf(data: z.output<ReturnType<typeof configurationSchema>>): string[] {
  const warnings = data.listeners.flatMap(listenerWarnings)
  const { kafka } = data.audit
  if (kafka !== undefined && kafka.tls === undefined && !brokersOnLoopback(kafka.brokers))
    warnings.push('audit.kafka: records travel to Kafka without TLS')
  return warnings
}

function listenerWarnings(listener: ListenerSettings): string[] {
  const at = `listener \`${listener.name}\``
  const { upstream } = listener
  return [
    ...(onLoopback(listener.listen) || listener.tls !== undefined
      ? []
      : [`${at}: insecure: clients come in without TLS, off loopback`]),
    ...(upstream.tls === 'disable' && !upstreamOnLoopback(upstream.hosts)
      ? [`${at}: insecure: the database is reached without TLS, off loopback`]
      : []),
    ...(listener.insecure && onLoopback(listener.listen) && upstreamOnLoopback(upstream.hosts)
      ? [`${at}: insecure: true is set and nothing needs it`]
      : []),
    ...(upstream.privileged === 'accept'
      ? [`${at}: privileged: accept lets the gateway use dangerous accounts`]
      : []),
  ]
}
