/** Judges imports by the table of the house; each fault is a line to print. */
import { posix } from 'node:path'
import { PACKAGE_RULES, type PackageRule, SOCKETS_SENTENCE } from './house-rules.js'
import type { Import, SourceFile, SourcePackage } from './source-tree.js'

export const DEEP_SENTENCE =
  'No deep imports across packages: what a package shows to others stands in its `src/index.ts`'
export const DECLARED_SENTENCE = 'A package declares what it imports in its own package.json'
export const GATEWAY_SENTENCE = 'Nothing imports `gateway`'
export const POLICY_SENTENCE = 'No adapter imports another adapter, a sink, `identity` or policy code'

/** `packages/core` → `core`, `adapters/mysql` → `adapters`, `bench` → `bench`. */
export function ruleName(folder: string): string {
  const [group = '', name] = folder.split('/')
  return group === 'packages' ? (name ?? '') : group
}

/** The short name of one of our packages: `core`, `adapters/postgres`. */
export function ownName(specifier: string): string | undefined {
  const [scope, name = ''] = specifier.split('/')
  if (scope !== '@gatehouse') return undefined
  return name.startsWith('adapter-') && !(name in PACKAGE_RULES)
    ? `adapters/${name.slice('adapter-'.length)}`
    : name
}

export function importFaults(pack: SourcePackage, policyNames: ReadonlySet<string>): string[] {
  const rule = PACKAGE_RULES[ruleName(pack.folder)]
  if (!rule)
    return [`${pack.folder}: the house has no such package; docs/architecture.md says what stands where`]
  return pack.files.flatMap((file) =>
    file.imports.flatMap((each) => {
      const sentence = faultOf(pack, file, each, rule, policyNames)
      return sentence === undefined ? [] : [`${file.path} imports \`${each.specifier}\`, but: ${sentence}`]
    }),
  )
}

function faultOf(
  pack: SourcePackage,
  file: SourceFile,
  each: Import,
  rule: PackageRule,
  policyNames: ReadonlySet<string>,
): string | undefined {
  const { specifier } = each
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file.path), specifier)
    return target.startsWith(`${pack.folder}/src/`) ? undefined : DEEP_SENTENCE
  }
  if (specifier.startsWith('node:')) return file.isTest ? undefined : nodeFault(each, rule)
  const own = ownName(specifier)
  if (own === undefined) return libraryFault(pack, file, specifier, rule)
  if (own === 'gateway') return GATEWAY_SENTENCE
  if (specifier.split('/').length > 2) return DEEP_SENTENCE
  if (file.isTest) return isDeclared(pack, specifier, true) ? undefined : DECLARED_SENTENCE
  const group = own.startsWith('adapters/') ? 'adapters/*' : own
  if (!rule.packages.includes(group)) return rule.sentence
  if (!isDeclared(pack, specifier, false)) return DECLARED_SENTENCE
  const isAdapter = pack.folder.startsWith('adapters/')
  return isAdapter && each.names.some((name) => policyNames.has(name)) ? POLICY_SENTENCE : undefined
}

/** What reads an address opens no socket. */
const ADDRESSES = ['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'SocketAddress']

function nodeFault(each: Import, rule: PackageRule): string | undefined {
  const module = each.specifier.slice('node:'.length)
  const isSocket = /^(net|tls|dgram|http2)$/.test(module)
  if (rule.node.includes(module)) return undefined
  if (!rule.node.includes('*')) return rule.sentence
  const readsAddresses =
    each.typeOnly || (each.names.length > 0 && each.names.every((name) => ADDRESSES.includes(name)))
  return isSocket && !readsAddresses ? SOCKETS_SENTENCE : undefined
}

function libraryFault(
  pack: SourcePackage,
  file: SourceFile,
  specifier: string,
  rule: PackageRule,
): string | undefined {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  if (file.isTest) return isDeclared(pack, name, true) || name === 'vitest' ? undefined : DECLARED_SENTENCE
  if (rule.libraries && !rule.libraries.test(name)) return rule.sentence
  const isRunner = name === 'vitest' && pack.folder === 'packages/workbench'
  return isDeclared(pack, name, false) || isRunner ? undefined : DECLARED_SENTENCE
}

function isDeclared(pack: SourcePackage, name: string, inTests: boolean): boolean {
  const { dependencies, optionalDependencies, devDependencies } = pack.manifest
  return (
    name in { ...dependencies, ...optionalDependencies, ...(inTests ? devDependencies : {}) } ||
    pack.manifest.name === name
  )
}

/** What package.json promises to npm must keep the house's rules as well. */
export function manifestFaults(pack: SourcePackage): string[] {
  const rule = PACKAGE_RULES[ruleName(pack.folder)]
  return Object.keys(pack.manifest.dependencies ?? {}).flatMap((name) => {
    const own = ownName(name)
    if (own === undefined || rule === undefined) return []
    const group = own.startsWith('adapters/') ? 'adapters/*' : own
    return rule.packages.includes(group)
      ? []
      : [`${pack.folder}/package.json depends on \`${name}\`, but: ${rule.sentence}`]
  })
}
