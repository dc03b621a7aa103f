import { GatehouseError } from '@gatehouse/core'
import { describe, expect, it } from 'vitest'
import type { Site, Upstream } from './site.js'
import { accountsOf, type Host, judgeRights, openServingHost } from './upstream-hosts.js'

const account = { user: 'gatehouse', password: 'p' }
const host = (name: string): Host => ({ host: name, port: 5432 })
const upstream = (hosts: readonly string[], role: Upstream['role'] = 'primary'): Upstream => ({
  hosts: hosts.map(host),
  role,
  accounts: [account],
  catalogAccount: account,
  tls: 'verify-full',
  privileged: 'refuse',
})

/** Opens hosts by name: one that begins with `standby` takes no writes, one with `gone` refuses, one with `odd` breaks when asked. */
function opener(fault: (name: string) => unknown = (name) => new Error(`${name} refuses`)) {
  const opened: string[] = []
  const closed: string[] = []
  return {
    opened,
    closed,
    opening: {
      async open({ host: name }: Host) {
        opened.push(name)
        if (name.startsWith('gone')) throw fault(name)
        return name
      },
      takesWrites(name: string) {
        if (name.startsWith('odd')) throw new Error('it broke')
        return !name.startsWith('standby')
      },
      async close(name: string) {
        closed.push(name)
      },
      reasonOf: (reason: unknown) => (reason as Error).message,
      what: 'listener `orders`',
      passedOver: 'it is no primary',
    },
  }
}

describe('the host that serves the gateway’s own connections', () => {
  it.each([
    ['the first', ['a', 'b'], undefined, 'a', ['a'], []],
    ['the one that answered last', ['a', 'b'], host('b'), 'b', ['b'], []],
    ['no standby', ['standby', 'b'], undefined, 'b', ['standby', 'b'], ['standby']],
    ['the next where one has gone', ['gone', 'b'], undefined, 'b', ['gone', 'b'], []],
    ['the next where one breaks when asked', ['odd', 'b'], undefined, 'b', ['odd', 'b'], ['odd']],
    ['a standby that is the only host', ['standby'], undefined, 'standby', ['standby'], []],
  ])('is %s', async (_, hosts, last, serves, tried, closed) => {
    const play = opener()
    const { connection } = await openServingHost(upstream(hosts), last, play.opening)
    expect(connection).toBe(serves)
    expect(play.opened).toEqual(tried)
    expect(play.closed).toEqual(closed)
  })

  it('may be a standby where any will do', async () => {
    const { connection } = await openServingHost(
      upstream(['standby', 'b'], 'any'),
      undefined,
      opener().opening,
    )
    expect(connection).toBe('standby')
  })

  it('is none where all have gone or take no writes, and the last reason is told', async () => {
    const play = opener()
    await expect(openServingHost(upstream(['gone', 'standby']), undefined, play.opening)).rejects.toThrow(
      'no host of listener `orders` could be read: it is no primary',
    )
    expect(play.closed).toEqual(['standby'])
    await expect(openServingHost(upstream(['standby', 'gone']), undefined, opener().opening)).rejects.toThrow(
      'could be read: gone refuses',
    )
  })

  it('is not looked for behind a finding of ours', async () => {
    const play = opener(() => new GatehouseError('GH_CATALOG', 'too old a server'))
    await expect(openServingHost(upstream(['gone', 'b']), undefined, play.opening)).rejects.toThrow('too old')
    expect(play.opened).toEqual(['gone'])
  })
})

describe('the rights of an account', () => {
  const said: string[] = []
  const site = (privileged: Upstream['privileged']) =>
    ({
      listener: 'orders',
      upstream: { ...upstream(['a']), privileged },
      log: { warn: (_: object, message: string) => said.push(message) },
    }) as unknown as Site

  it('end the start where they are too many, unless they are accepted', () => {
    judgeRights(site('refuse'), account, [])
    expect(() => judgeRights(site('refuse'), account, ['superuser'])).toThrow(/has superuser; give it less/)
    judgeRights(site('accept'), account, ['superuser'])
    expect(said).toEqual([expect.stringContaining('has superuser, accepted by upstream.privileged')])
  })

  it('are asked of each account once', () => {
    const analysts = { user: 'analysts', groups: ['a'] }
    const accounts = [analysts, { ...analysts, groups: ['b'] }, account]
    expect(accountsOf({ ...upstream(['a']), accounts }).map(({ user }) => user)).toEqual([
      'analysts',
      'gatehouse',
    ])
  })
})
