/** Configuration and policies in one go: both, or every fault of both. */
import type { Fault } from '../configuration/fault.js'
import { faultLine } from '../configuration/fault.js'
import { type Configuration, readConfiguration } from '../configuration/read-configuration.js'
import { type LoadedPolicies, loadPolicies } from '../policies/load-policies.js'
import { type Files, onDisk } from '../workers/inputs.js'
import type { Context } from './context.js'

export type ReadAll =
  | { readonly kind: 'read'; readonly configuration: Configuration; readonly policies: LoadedPolicies }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }

export function readAll(
  file: string,
  { env }: Pick<Context, 'env'>,
  secrets = true,
  files: Files = onDisk,
): ReadAll {
  const read = readConfiguration(file, { env, secrets, files })
  if (read.kind === 'faults') return read
  const { configuration } = read
  const placeOf = (index: number) => ({
    file: configuration.file,
    ...configuration.placeOf(['policies', index]),
    key: `policies[${index}]`,
  })
  const loading = loadPolicies(configuration.policies, configuration.folder, placeOf, files)
  if (loading.kind === 'faults') return loading
  return { kind: 'read', configuration, policies: loading.policies }
}

export function sayFaults({ terminal }: Pick<Context, 'terminal'>, faults: readonly Fault[]): void {
  for (const fault of faults) terminal.err(faultLine(fault))
}
