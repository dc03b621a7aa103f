import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createIdentities } from './identities.js'
import { createIssuers } from './issuers.js'
import { createLocalUsers, type DeriveKeys, type HashPassword, type LocalUser } from './local-users.js'

const hmac = (key: Uint8Array, text: string) => createHmac('sha256', key).update(text).digest()

/** RFC 5802 §3 for ASCII passwords; counts its calls, because work is what an attacker can measure. */
function deriving() {
  const calls: number[] = []
  const derive: DeriveKeys = async (password, salt, iterations) => {
    calls.push(iterations)
    const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
    const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest()
    return [{ storedKey, serverKey: hmac(salted, 'Server Key') }]
  }
  return { derive, calls }
}
/** MySQL manual, caching_sha2_password and mysql_native_password: the hash of the hash. */
const hash: HashPassword = (plugin, password) => {
  const once = (data: string | Buffer) =>
    createHash(plugin === 'caching_sha2_password' ? 'sha256' : 'sha1')
      .update(data)
      .digest()
  return once(once(password))
}
const secret = Buffer.alloc(32, 9)
const alice: LocalUser = { name: 'alice', password: 'wonderland', groups: ['analysts'] }
const reporter: LocalUser = { name: 'reporter', password: 'print', groups: [], agent: true }
const create = (users: readonly LocalUser[] = [alice, reporter], derive = deriving().derive) =>
  createLocalUsers(users, { secret, derive, hash })

describe('local users', () => {
  test('a right password fits, others do not', async () => {
    const users = await create()
    expect(await users.checkPassword('alice', 'wonderland')).toBe(true)
    for (const wrong of ['', 'Wonderland', 'wonderland ', 'print']) {
      expect(await users.checkPassword('alice', wrong)).toBe(false)
    }
    expect(await users.checkPassword('Alice', 'wonderland')).toBe(false)
    expect(await users.checkPassword('__proto__', 'wonderland')).toBe(false)
  })

  test('an unknown user has a double hash too: his own, the same at each call, and marked', async () => {
    const users = await create()
    for (const [plugin, size] of [
      ['caching_sha2_password', 32],
      ['mysql_native_password', 20],
    ] as const) {
      expect(users.doubleHashFor('alice', plugin)).toEqual({ hash: hash(plugin, 'wonderland') })
      const unknown = users.doubleHashFor('mallory', plugin)
      expect(unknown.mock).toBe(true)
      expect(unknown.hash.length).toBe(size)
      expect((await create()).doubleHashFor('mallory', plugin)).toEqual(unknown)
      expect(users.doubleHashFor('trent', plugin).hash).not.toEqual(unknown.hash)
    }
  })

  test('R9 a user is at home under the plain name, an agent is named as one', async () => {
    const users = await create()
    expect(users.identityOf('alice')).toEqual({
      subject: 'alice',
      name: 'alice',
      issuer: 'local',
      home: true,
      groups: ['analysts'],
      claims: {},
      provenBy: 'password',
    })
    expect(users.identityOf('reporter')).toMatchObject({ agent: 'reporter' })
    expect(users.identityOf('mallory')).toBeUndefined()
  })

  test('an unknown user costs the same work as a wrong password', async () => {
    const { derive, calls } = deriving()
    const users = await create([alice], derive)
    calls.length = 0
    await users.checkPassword('alice', 'wrong')
    await users.checkPassword('mallory', 'wrong')
    expect(calls).toEqual([4096, 4096])
  })

  test('R15 a flood of passwords is derived one by one, and one that fails does not stop the next', async () => {
    let running = 0
    let most = 0
    const { derive } = deriving()
    const slow: DeriveKeys = async (password, ...rest) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      if (password === 'fault') throw new Error('out of memory')
      return derive(password, ...rest)
    }
    const users = await create([alice], slow)
    const passwords = ['no', 'fault', ...Array<string>(20).fill('wonderland')]
    const results = await Promise.allSettled(passwords.map((word) => users.checkPassword('alice', word)))
    expect(most).toBe(1)
    expect(results[1]?.status).toBe('rejected')
    expect(results.filter((result) => result.status === 'fulfilled' && result.value)).toHaveLength(20)
  })

  test('mocks look like verifiers, at each call and after a restart', async () => {
    const users = await create()
    const [known, mock] = [users.verifierFor('alice'), users.verifierFor('mallory')]
    expect(mock.iterations).toBe(known.iterations)
    expect(mock.salt).toHaveLength(known.salt.length)
    expect(mock.keys).toHaveLength(known.keys.length)
    expect(mock.mock).toBe(true)
    expect(known.mock).toBeUndefined()
    const again = await create()
    expect(again.verifierFor('mallory')).toEqual(mock)
    expect(again.verifierFor('alice').salt).toEqual(known.salt)
    expect(users.verifierFor('mallor').salt).not.toEqual(mock.salt)
  })

  test('no password is kept', async () => {
    const users = await create()
    const seen = JSON.stringify([users, users.verifierFor('alice'), users.identityOf('alice')])
    expect(seen).not.toContain('wonderland')
  })

  test('impossible users stop the start', async () => {
    await expect(create([alice, alice])).rejects.toThrow('`alice` is there twice')
    await expect(create([{ ...alice, password: '' }])).rejects.toThrow('empty password')
    await expect(create([{ ...alice, name: 'a\u202eb' }])).rejects.toThrow('no usable name')
    await expect(
      createLocalUsers([], { secret: Buffer.alloc(4), derive: deriving().derive, hash }),
    ).rejects.toThrow('too short')
  })
})

describe('proofs of local users', () => {
  async function identities() {
    const issuers = createIssuers([], { now: Date.now })
    return createIdentities({ users: await create(), issuers, now: Date.now })
  }
  const cleartext = (login: string, word: string) => ({ kind: 'cleartext' as const, login, secret: word })
  const passwords = { auth: ['password'] }

  test('a cleartext password', async () => {
    const { prove } = await identities()
    expect(await prove(cleartext('alice', 'wonderland'), passwords)).toMatchObject({
      kind: 'proven',
      identity: { name: 'alice', provenBy: 'password' },
    })
    const refused = (reason: string) => ({ kind: 'refused', reason })
    expect(await prove(cleartext('alice', 'no'), passwords)).toEqual(refused('wrong password'))
    expect(await prove(cleartext('mallory', 'no'), passwords)).toEqual(refused('unknown user'))
    expect(await prove(cleartext('alice', 'wonderland'), { auth: [] })).toEqual(refused('method not allowed'))
    expect(await prove(cleartext('alice', 'wonderland'), { auth: ['token'] })).toEqual(refused('malformed'))
    expect(await prove(cleartext('alice', 'wonderland'), { auth: ['password', 'token'] })).toMatchObject({
      kind: 'proven',
    })
  })

  test('a password with two dots is a password beside tokens too', async () => {
    const users = await create([{ ...alice, password: 'won.der.land' }])
    const { prove } = createIdentities({
      users,
      issuers: createIssuers([], { now: Date.now }),
      now: Date.now,
    })
    const both = { auth: ['password', 'token'] }
    expect(await prove(cleartext('alice', 'won.der.land'), both)).toMatchObject({ kind: 'proven' })
  })

  test('a verified SCRAM proof', async () => {
    const { prove, scramVerifier } = await identities()
    const scram = (login: string) => ({ kind: 'scram' as const, login })
    expect(await prove(scram('reporter'), passwords)).toMatchObject({ identity: { agent: 'reporter' } })
    expect(await prove(scram('mallory'), passwords)).toEqual({ kind: 'refused', reason: 'unknown user' })
    expect(await prove(scram('alice'), { auth: ['token'] })).toMatchObject({ kind: 'refused' })
    expect(scramVerifier('mallory').mock).toBe(true)
  })
})
