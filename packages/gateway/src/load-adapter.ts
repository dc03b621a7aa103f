/** Finds the adapter of a protocol: our own by name, others by the name of an installed npm package (R28). */
import { existsSync, realpathSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProtocolAdapter } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import { loadEngine } from './engines/load-engine.js'

/** Throws GH_CONFIGURATION. The name has been checked: a package's, never a path or URL. */
export async function loadAdapter(protocol: string): Promise<ProtocolAdapter> {
  const own = await loadEngine(protocol)
  if (own !== undefined) return own.adapter
  if (isBuiltin(protocol) || !isInstalled(protocol))
    throw fault(
      `expected \`postgres\`, \`mysql\`, \`mongodb\` or an adapter's npm package: no package \`${protocol}\` is installed beside the gateway`,
    )
  let exported: Record<string, unknown>
  try {
    exported = (await import(protocol)) as Record<string, unknown>
  } catch (cause) {
    throw fault(`the package \`${protocol}\` cannot be loaded`, cause)
  }
  const adapters = Object.values(exported).filter(isAdapter)
  const [adapter] = adapters
  if (adapter === undefined || adapters.length > 1)
    throw fault(`the package \`${protocol}\` exports ${adapters.length} adapters: expected one`)
  return adapter
}

/** In a `node_modules` that the gateway's own modules are resolved from, and nowhere else. */
function isInstalled(name: string): boolean {
  let folder = dirname(realpathSync(fileURLToPath(import.meta.url)))
  for (;;) {
    if (existsSync(join(folder, 'node_modules', name, 'package.json'))) return true
    const parent = dirname(folder)
    if (parent === folder) return false
    folder = parent
  }
}

function isAdapter(value: unknown): value is ProtocolAdapter {
  if (typeof value !== 'object' || value === null) return false
  return 'manifest' in value && 'open' in value && typeof value.open === 'function'
}

function fault(message: string, cause?: unknown): GatehouseError {
  return new GatehouseError('GH_CONFIGURATION', message, { cause })
}
