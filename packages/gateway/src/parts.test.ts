import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createCancelKeys } from './cancel-keys.js'
import { isLoopback, parseHostPort, parseListenAddress } from './configuration/address.js'
import { certificateNotes } from './configuration/certificate-notes.js'
import { parseDuration, parseSize } from './configuration/units.js'
import { loadAdapter } from './load-adapter.js'
import { createLog, faultFacts } from './log.js'
import { BUCKETS, createListenerFigures, decisionLabel, observe } from './metrics/listener-figures.js'
import { createIds } from './new-id.js'

describe('ids', () => {
  test('are UUIDs of version 7, unique and growing, though the clock stands still or goes back', () => {
    let time = 1_700_000_000_000
    const newId = createIds({ now: () => time, random: (size) => randomBytes(size) })
    const ids = Array.from({ length: 20_000 }, (_, index) => {
      if (index % 1000 === 999) time += index % 3 === 0 ? -5 : 1
      return newId()
    })
    expect(ids[0]).toMatch(/^018bcfe5-6800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(new Set(ids).size).toBe(ids.length)
    expect([...ids].sort()).toEqual(ids)
  })
})

describe('R29 cancel keys', () => {
  test('all 32 bits are random, and only the whole key of one holder cancels', async () => {
    const keys = createCancelKeys((size) => randomBytes(size))
    let cancelled = 0
    const key = keys.issue(async () => {
      cancelled += 1
    })
    expect(key.key).toHaveLength(4)
    expect(key.processId).toBeGreaterThan(0)
    const wrong = Uint8Array.from(key.key)
    wrong[3] = (wrong[3] as number) ^ 1
    for (const shown of [wrong, key.key.subarray(0, 3), new Uint8Array(0), Uint8Array.from([...key.key, 0])])
      await keys.present(key.processId, shown)
    await keys.present(key.processId ^ 1, key.key)
    expect(cancelled).toBe(0)
    await keys.present(key.processId, key.key)
    expect(cancelled).toBe(1)
    key.withdraw()
    await keys.present(key.processId, key.key)
    expect(cancelled).toBe(1)
    const seen = Array.from({ length: 64 }, () => Buffer.from(keys.issue(async () => {}).key).readUInt32BE())
    const ever = seen.reduce((all, each) => all | each, 0) >>> 0
    const always = seen.reduce((all, each) => all & each, 0xffffffff) >>> 0
    expect([ever, always]).toEqual([0xffffffff, 0])
  })
})

describe('R27, R28 what is written down', () => {
  const lines: string[] = []
  const log = createLog('test', 'debug', { write: (line: string) => void lines.push(line) })

  test('secrets are struck out, text that steers a terminal is made harmless', () => {
    log.warn(
      { password: 'hunter2', deep: { token: 'hunter2' }, who: 'a\u001b[2J\u202eb' },
      'from \u0007 outside',
    )
    const line = lines.at(-1) ?? ''
    expect(line).not.toContain('hunter2')
    expect(JSON.parse(line)).toMatchObject({
      level: 'warn',
      instance: 'test',
      who: 'a\\u001b[2J\\u202eb',
      message: 'from \\u0007 outside',
    })
  })

  test('a fault is its code and message, without a stack', () => {
    const fault = Object.assign(new Error('broken', { cause: new Error('wire') }), { code: 'GH_WIRE' })
    expect(faultFacts(fault)).toEqual({ fault: 'broken', code: 'GH_WIRE', cause: 'wire' })
    expect(faultFacts('text')).toEqual({ fault: 'text' })
  })
})

describe('R28 adapters', () => {
  test('come from the installation alone: not from paths, built-ins, or what is not installed', async () => {
    expect((await loadAdapter('postgres')).manifest.name).toBe('postgres')
    for (const name of [
      'fs',
      'node:fs',
      'constructor',
      '__proto__',
      'not-installed-anywhere',
      'file:///etc/passwd',
      '/etc/passwd',
    ])
      await expect(loadAdapter(name), name).rejects.toMatchObject({ code: 'GH_CONFIGURATION' })
    await expect(loadAdapter('zod')).rejects.toThrow('exports 0 adapters')
  })
})

describe('figures', () => {
  test('observations fall into the bucket that bounds them', () => {
    const { overhead } = createListenerFigures()
    for (const seconds of [0, 10e-6, 11e-6, 59, 61]) observe(overhead, seconds)
    expect(overhead.counts[0]).toBe(2)
    expect(overhead.counts[1]).toBe(1)
    expect([overhead.counts[BUCKETS.length - 1], overhead.counts[BUCKETS.length]]).toEqual([1, 1])
    expect(overhead.sum).toBeCloseTo(120.000021)
  })

  test('a decision has one label', () => {
    const mask = { with: 'partial', rule: 'a/b', field: 'c' } as const
    const permit = { effect: 'permit', rules: [], masks: [] } as const
    expect(decisionLabel({ decision: permit })).toBe('permit')
    expect(decisionLabel({ decision: { ...permit, masks: [undefined, mask] } })).toBe('masked')
    expect(decisionLabel({ decision: { ...permit, maskAll: mask } })).toBe('masked')
    expect(decisionLabel({ decision: { effect: 'forbid', rules: [], code: 'GH_OPAQUE', message: '' } })).toBe(
      'forbid',
    )
    expect(
      decisionLabel({ decision: { effect: 'forbid', rules: [], code: 'GH_UNREADABLE', message: '' } }),
    ).toBe('unreadable')
    expect(decisionLabel({ decision: { effect: 'hold', rules: [], approvers: [], message: '' } })).toBe(
      'hold',
    )
  })
})

describe('values of the configuration', () => {
  test('sizes', () => {
    const table: [unknown, number | undefined][] = [
      ['16MiB', 16 * 2 ** 20],
      ['1.5KiB', 1536],
      ['10 kB', 10_000],
      [4096, 4096],
      ['0B', 0],
      ['16', undefined],
      ['-1MiB', undefined],
      ['1mib', undefined],
      ['0.1B', undefined],
      ['1e3B', undefined],
      ['99999999TiB', undefined],
      [-1, undefined],
      [1.5, undefined],
      ['1constructor', undefined],
      [null, undefined],
    ]
    for (const [text, bytes] of table) expect(parseSize(text), String(text)).toBe(bytes)
  })

  test('durations', () => {
    const table: [unknown, number | undefined][] = [
      ['10s', 10_000],
      ['1.5h', 5_400_000],
      ['7d', 604_800_000],
      ['250ms', 250],
      [0, 0],
      ['0', 0],
      [10, undefined],
      ['10', undefined],
      ['1w', undefined],
      ['1 m s', undefined],
      ['', undefined],
      ['-1s', undefined],
    ]
    for (const [text, milliseconds] of table) expect(parseDuration(text), String(text)).toBe(milliseconds)
  })

  test('addresses', () => {
    expect(parseHostPort('[::1]:5432')).toEqual({ host: '::1', port: 5432 })
    expect(parseHostPort('db:5432')).toEqual({ host: 'db', port: 5432 })
    expect(parseHostPort('db', 5432)).toEqual({ host: 'db', port: 5432 })
    for (const bad of [
      '::1:5432',
      '[db]:1',
      'db:',
      ':1',
      'db:99999',
      'a b:1',
      '1.2.3:4',
      '999.1.1.1:1',
      'db:1:2',
      'http://db:1',
      '-x:1',
      5432,
    ])
      expect(parseHostPort(bad), String(bad)).toBeUndefined()
    expect(parseListenAddress('./a.sock')).toEqual({ kind: 'socket', path: './a.sock' })
    expect(parseListenAddress('a.sock')).toBeUndefined()
  })

  test('R28 loopback is what only this machine can reach', () => {
    for (const host of ['127.0.0.1', '127.255.255.254', '::1', 'localhost', 'LOCALHOST', '::ffff:127.0.0.1'])
      expect(isLoopback(host), host).toBe(true)
    for (const host of [
      '0.0.0.0',
      '::',
      '128.0.0.1',
      '127.0.0.1.example',
      'localhost.example',
      '127.example',
      '::ffff:10.0.0.1',
      '10.127.0.1',
    ])
      expect(isLoopback(host), host).toBe(false)
  })
})

test('certificates that have ended, or end within two weeks, are told', () => {
  const days = (count: number) => Date.parse('2026-03-01T12:00:00Z') + count * 86_400_000
  const listener = (name: string, expires: number) => ({ name, tls: { expires } })
  const listeners = [listener('old', days(-1)), listener('soon', days(13)), listener('new', days(15))]
  const told = certificateNotes({ listeners: [...listeners, { name: 'plain' }] }, days(0))
  expect(told).toEqual([
    'listener `old`: its certificate ended on 2026-02-28: clients refuse it',
    'listener `soon`: its certificate ends on 2026-03-14',
  ])
})
