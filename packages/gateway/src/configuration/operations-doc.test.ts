import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@gatehouse/workbench'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createMetrics } from '../metrics/metrics.js'
import { configurationSchema } from './configuration-schema.js'
import { readConfiguration } from './read-configuration.js'
import { WHOLE } from './sample-configuration.js'
import { readYaml } from './yaml-source.js'

const DOC = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8')
const rows = DOC.split('\n').filter((line) => line.startsWith('| `'))

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

function keysOf(schema: Schema, path = ''): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const here = path === '' ? key : `${path}.${key}`
    return [here, ...keysOf(inner, here)]
  })
  return schema.items === undefined ? own : [...own, ...keysOf(schema.items, `${path}[]`)]
}

const unreadable = () => {
  throw new Error('nothing is read here')
}
const schema = configurationSchema({
  folder: '/',
  env: {},
  secrets: false,
  readFile: unreadable,
  mode: () => undefined,
})
const keys = keysOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema)
const BARE = `apiVersion: gatehouse/v1
listeners: [{name: a, protocol: postgres, listen: "127.0.0.1:0", upstream: {host: db.example, user: u}}]
policies: ["pack:observe"]
`
/** Sections that say nothing but their keys. */
const SECTIONS = ['identity', 'audit', 'audit.spool', 'audit.spool.perIdentity', 'masking', 'metrics']

describe('docs/operations.md', () => {
  test('has a row for each key of the configuration, and no other', () => {
    const documented = rows
      .map((row) => /^\| `([^`]+)` \|/.exec(row)?.[1] ?? '')
      .filter((key) => key !== '' && !key.startsWith('gatehouse_') && !key.startsWith('process_'))
    expect(keys.length).toBeGreaterThan(60)
    expect(documented.sort()).toEqual(keys.filter((key) => !SECTIONS.includes(key)).sort())
  })

  test('the sample of the tests uses every key, but for what is refused', () => {
    const used = new Set<string>()
    const walk = (value: unknown, path: string): void => {
      if (Array.isArray(value)) for (const item of value) walk(item, `${path}[]`)
      else if (typeof value === 'object' && value !== null)
        for (const [key, inner] of Object.entries(value)) {
          const here = path === '' ? key : `${path}.${key}`
          used.add(here)
          walk(inner, here)
        }
    }
    walk(readYaml('sample', WHOLE).value, '')
    expect(keys.filter((key) => !used.has(key))).toEqual(['control'])
  })

  test('says the true defaults', () => {
    const folder = temporaryFolder('defaults')
    const file = join(folder.path, 'bare.yaml')
    writeFileSync(file, BARE)
    const read = readConfiguration(file, { env: {} })
    folder.remove()
    if (read.kind === 'faults') throw new Error(JSON.stringify(read.faults))
    const [listener] = read.configuration.listeners
    const row = (key: string) => rows.find((line) => line.startsWith(`| \`${key}\` |`)) ?? ''
    for (const [key, written] of [
      ['connections', '1000'],
      ['perUser', '100'],
      ['statement', '16MiB'],
      ['message', '64MiB'],
      ['greeting', '10s'],
      ['idle', '0'],
      ['session', '0'],
      ['statementTime', '0'],
      ['lockTime', '0'],
      ['idleInTransaction', '0'],
    ] as const)
      expect(row(`listeners[].limits.${key}`)).toContain(`| \`${written}\` |`)
    expect(listener?.limits).toEqual({
      connections: 1000,
      perUser: 100,
      statement: 2 ** 24,
      message: 2 ** 26,
      greeting: 10_000,
      idle: 0,
      session: 0,
      statementTime: 0,
      lockTime: 0,
      idleInTransaction: 0,
    })
    expect(read.configuration).toMatchObject({
      instance: 'gatehouse',
      workers: 1,
      drain: 30_000,
      audit: {
        spool: {
          durability: 'fsync',
          maxBytes: 2 ** 32,
          retain: 604_800_000,
          perIdentity: { rate: 50_000, share: 0.5 },
        },
      },
    })
    expect(listener).toMatchObject({
      auth: ['password'],
      insecure: false,
      upstream: {
        hosts: [{ port: 5432 }],
        role: 'primary',
        tls: 'verify-full',
        privileged: 'refuse',
        catalog: { refresh: 1_000 },
      },
    })
  })

  test('its samples of YAML, and the README’s, are read as configuration', () => {
    const folder = temporaryFolder('samples')
    const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8')
    const samples = [DOC, readme].flatMap((page) =>
      [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text),
    )
    const configurations = samples.filter((text) => /^listeners:/m.test(text))
    expect(configurations).toHaveLength(3)
    const env = Object.fromEntries(
      [...configurations.join().matchAll(/\{env: (\w+)\}/g)].map(([, name = '']) => [name, 'secret']),
    )
    for (const text of configurations) {
      const file = join(folder.path, 'gatehouse.yaml')
      // Pieces that show listeners alone.
      const whole = /^apiVersion:/m.test(text) ? text : `${BARE.replace(/^listeners:.*\n/m, '')}${text}`
      writeFileSync(file, whole)
      expect(readConfiguration(file, { env }), text).toMatchObject({ kind: 'configuration' })
    }
    folder.remove()
  })

  test('names every metric', async () => {
    const registry = createMetrics({
      listeners: () => [],
      depths: {
        spool: () => ({ bytes: 0, records: 0, dropped: 0 }),
        oldestSeconds: async () => 0,
        kafka: () => undefined,
      },
      version: '0',
      policyRevision: () => '0',
      reloads: { done: 0, refused: 0 },
    })
    const names = (await registry.metrics())
      .split('\n')
      .flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? [])
    expect(names.length).toBeGreaterThan(15)
    for (const name of names) expect(DOC).toContain(`\`${name}\``)
  })
})
