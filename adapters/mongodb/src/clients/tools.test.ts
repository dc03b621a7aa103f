/** 102 What Compass, mongodump, mongorestore and others ask, as recorded: none of it may stop them under the pack of tools. */
import { describePart } from '@gatehouse/workbench'
import type { Document } from 'bson'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectRaw, type RawClient, signIn } from '../wire/raw-client.js'
import { openPrincipals, type Principal } from './principals.js'
import { ASKED, type Asked } from './tool-commands.js'
import { createTown, faultsOf, type Town } from './town.js'

describePart('ferretdb', 'the commands of tools', () => {
  let town: Town
  const clients = new Map<Principal, RawClient>()
  beforeAll(async () => {
    town = await createTown()
    const { port } = await openPrincipals(town)
    for (const who of ['reader', 'nobody'] as const) {
      const client = await connectRaw({ port })
      await signIn(client, who)
      clients.set(who, client)
    }
  })
  afterAll(async () => {
    for (const client of clients.values()) client.close()
    await town.close()
    expect(faultsOf(town)).toEqual([])
  })

  const ask = (who: Principal, command: Document) => clients.get(who)?.ask(command) ?? Promise.reject(who)

  describe.each(['reader', 'nobody'] as const)('a %s', (who) => {
    test.each(
      ASKED.map((asked): [string, Asked] => [`${asked.tool}: ${Object.keys(asked.command)[0]}`, asked]),
    )('102 %s', async (_name, { command, reader, nobody = reader }) => {
      const reply = await ask(who, command)
      const wanted = who === 'reader' ? reader : nobody
      if (wanted === 'ok') expect(reply, JSON.stringify(reply)).toMatchObject({ ok: 1 })
      else expect(reply).toMatchObject({ ok: 0, code: wanted })
      // Compass forgives these words alone.
      if (reply.code === 13) expect(reply.errmsg).toMatch(/^not authorized/)
      expect(JSON.stringify(reply)).not.toContain(String(town.server.port))
    })
  })

  test('what may be known of is listed: databases, collections, privileges', async () => {
    const databases = async (who: Principal) =>
      (await ask(who, { listDatabases: 1, $db: 'admin' })).databases.map(({ name }: Document) => name)
    expect(await databases('reader')).toEqual(['shop'])
    expect(await databases('nobody')).toEqual([])
    const collections = async (who: Principal) =>
      (await ask(who, { listCollections: 1, nameOnly: true, $db: 'shop' })).cursor.firstBatch
        .map(({ name }: Document) => name)
        .sort()
    expect(await collections('reader')).toEqual(['customers', 'items', 'orders'])
    expect(await collections('nobody')).toEqual([])
    const { authInfo } = await ask('reader', { connectionStatus: 1, showPrivileges: true, $db: 'admin' })
    expect(authInfo.authenticatedUserPrivileges).toContainEqual({
      resource: { db: 'shop', collection: 'orders' },
      actions: ['find'],
    })
  })
})
