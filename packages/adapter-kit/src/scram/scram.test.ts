import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createScramClient, type ScramClientOptions } from './scram-client.js'
import { deriveScramKeys, type ScramVerifier } from './scram-keys.js'
import type { ChannelBinding } from './scram-messages.js'
import { createScramServer, type ScramServerOptions } from './scram-server.js'

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('latin1')
const bytes = (message: string) => Buffer.from(message, 'latin1')

/** RFC 7677 §3. */
const vector = {
  user: 'user',
  password: 'pencil',
  clientNonce: 'rOprNGfwEbeRWgbNEkqO',
  serverNonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  clientFirst: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
  serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  clientFinal:
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
}
const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
const pencil: ScramVerifier = { salt, iterations: 4096, keys: await deriveScramKeys('pencil', salt, 4096) }
const binding: ChannelBinding = { type: 'tls-server-end-point', data: Buffer.alloc(32, 7) }
const nonce = 'fyko+d2lbbFgONRv9qkxdawL'

const server = (options: Partial<ScramServerOptions> = {}) =>
  createScramServer({ mechanism: 'SCRAM-SHA-256', verifier: () => pencil, nonce, ...options })
const client = (options: Partial<ScramClientOptions> = {}) =>
  createScramClient({ mechanism: 'SCRAM-SHA-256', password: 'pencil', nonce: vector.clientNonce, ...options })

/** Runs both sides against each other. */
async function converse(left: Partial<ScramClientOptions>, right: Partial<ScramServerOptions>) {
  const asking = client(left)
  const answering = server({ mechanism: asking.mechanism, ...right })
  const challenge = answering.step(asking.initial)
  if (challenge.send === undefined) return { server: challenge.done, client: undefined }
  const proof = await asking.step(challenge.send)
  if (proof.send === undefined) return { server: undefined, client: proof.done }
  const verdict = answering.step(proof.send)
  return {
    server: verdict.done,
    client: verdict.send && (await asking.step(verdict.send)).done,
  }
}

describe('RFC 7677 test vector', () => {
  test('the server says what the RFC says', () => {
    const names: (string | undefined)[] = []
    const stepper = server({
      nonce: vector.serverNonce,
      verifier: (name) => {
        names.push(name)
        return pencil
      },
    })
    expect(text(stepper.step(bytes(vector.clientFirst)).send)).toBe(vector.serverFirst)
    const last = stepper.step(bytes(vector.clientFinal))
    expect(text(last.send)).toBe(vector.serverFinal)
    expect(last.done).toEqual({ ok: true, key: 0 })
    expect(names).toEqual(['user'])
  })

  test('the client says what the RFC says', async () => {
    const stepper = client({ user: 'user' })
    expect(text(stepper.initial)).toBe(vector.clientFirst)
    expect(text((await stepper.step(bytes(vector.serverFirst))).send)).toBe(vector.clientFinal)
    expect(await stepper.step(bytes(vector.serverFinal))).toEqual({ done: { ok: true } })
  })
})

describe('both sides', () => {
  const both = { client: { ok: true }, server: { ok: true, key: 0 } }

  test('agree, with and without channel binding', async () => {
    expect(await converse({}, {})).toEqual(both)
    const plus = { mechanism: 'SCRAM-SHA-256-PLUS', channelBinding: binding }
    expect(await converse(plus, { channelBinding: binding })).toEqual(both)
  })

  test('a client that says `n` signs in although -PLUS was offered', async () => {
    expect(await converse({}, { channelBinding: binding })).toEqual(both)
  })

  test('a man in the middle with another certificate is found out', async () => {
    const other: ChannelBinding = { ...binding, data: Buffer.alloc(32, 8) }
    const plus = { mechanism: 'SCRAM-SHA-256-PLUS', channelBinding: other }
    const result = await converse(plus, { channelBinding: binding })
    expect(result.server).toEqual({ ok: false, reason: 'channel binding' })
  })

  test('a wrong password is refused, without a word for the client', async () => {
    expect(await converse({ password: 'Pencil' }, {})).toEqual({
      server: { ok: false, reason: 'wrong password' },
      client: undefined,
    })
  })

  test('a mock never lets anyone in, even with the right keys', async () => {
    const result = await converse({}, { verifier: () => ({ ...pencil, mock: true }) })
    expect(result.server).toEqual({ ok: false, reason: 'unknown user' })
  })

  test('any of several live credentials fits, and the verdict says which', async () => {
    const second = await deriveScramKeys('second', salt, 4096)
    const several = { ...pencil, keys: [...pencil.keys, ...second] }
    expect(await converse({ password: 'second' }, { verifier: () => several })).toEqual({
      client: { ok: true },
      server: { ok: true, key: 1 },
    })
    expect(await converse({ password: 'pencil' }, { verifier: () => several })).toEqual(both)
  })

  test('a verifier without keys lets nobody in', async () => {
    const result = await converse({}, { verifier: () => ({ ...pencil, keys: [] }) })
    expect(result.server).toEqual({ ok: false, reason: 'wrong password' })
  })

  test('names with commas and equals signs travel escaped', async () => {
    const seen: (string | undefined)[] = []
    const verifier = (name: string | undefined) => {
      seen.push(name)
      return pencil
    }
    expect(await converse({ user: 'a=b,ü' }, { verifier })).toEqual(both)
    expect(seen).toEqual(['a=b,ü'])
  })

  test('each form of a non-ASCII password fits', async () => {
    for (const password of ['pa\u00adss\u00a0w\u00f6rd', '\ufb01n', 'x\u0007\u2168', '\u{1f511}\u2168']) {
      const keys = await deriveScramKeys(password, salt, 4096)
      const forms = [password, password.normalize('NFKC')]
      for (const form of forms) {
        const result = await converse({ password: form }, { verifier: () => ({ ...pencil, keys }) })
        expect(result.server, `${password} as ${form}`).toMatchObject({ ok: true })
      }
    }
  })
})

describe('a server that is not what it says', () => {
  test('a wrong server signature is refused', async () => {
    const stepper = client({ user: 'user' })
    await stepper.step(bytes(vector.serverFirst))
    const forged = createHmac('sha256', 'x').update('y').digest('base64')
    expect(await stepper.step(bytes(`v=${forged}`))).toEqual({
      done: { ok: false, reason: 'server signature' },
    })
    expect(await stepper.step(bytes(vector.serverFinal))).toEqual({
      done: { ok: false, reason: 'malformed' },
    })
  })

  const start = `r=${vector.clientNonce}`
  test.each([
    ['row 26: 10 MB nonce', `${start}${'x'.repeat(10_000_000)},s=c2FsdA==,i=4096`, 'over a ceiling'],
    ['row 26: nonce over its own ceiling', `${start}${'x'.repeat(600)},s=c2FsdA==,i=4096`, 'over a ceiling'],
    ['row 26: huge iterations', `${start}x,s=c2FsdA==,i=1000001`, 'over a ceiling'],
    ['iterations beyond any integer', `${start}x,s=c2FsdA==,i=${'9'.repeat(400)}`, 'over a ceiling'],
    ['huge salt', `${start}x,s=${Buffer.alloc(600).toString('base64')},i=4096`, 'over a ceiling'],
    ['no iterations', `${start}x,s=c2FsdA==,i=0`, 'malformed'],
    ['negative iterations', `${start}x,s=c2FsdA==,i=-1`, 'malformed'],
    ['hexadecimal iterations', `${start}x,s=c2FsdA==,i=0x10`, 'malformed'],
    ['empty salt', `${start}x,s=,i=4096`, 'malformed'],
    ['salt that is not base64', `${start}x,s=c2F sdA=,i=4096`, 'malformed'],
    ['attributes in another order', `s=c2FsdA==,${start}x,i=4096`, 'malformed'],
    ['our nonce alone', `${start},s=c2FsdA==,i=4096`, 'nonce'],
    ['another nonce', 'r=somebodyelsesnonceisthis,s=c2FsdA==,i=4096', 'nonce'],
    ['mandatory extension', `m=x,${start}x,s=c2FsdA==,i=4096`, 'extension'],
    ['error', 'e=other-error', 'refused'],
    ['NUL', `${start}x\0,s=c2FsdA==,i=4096`, 'malformed'],
    ['nothing', '', 'malformed'],
    ['server-final before its turn', vector.serverFinal, 'malformed'],
  ])('%s', async (_name, message, reason) => {
    expect(await client().step(bytes(message))).toEqual({ done: { ok: false, reason } })
  })

  test('a second message while the first is worked on ends it', async () => {
    const stepper = client({ user: 'user' })
    const [first, second] = await Promise.all([
      stepper.step(bytes(vector.serverFirst)),
      stepper.step(bytes(vector.serverFinal)),
    ])
    expect(second).toEqual({ done: { ok: false, reason: 'malformed' } })
    expect(first.send).toBeUndefined()
  })

  test('-PLUS without binding data is a fault', () => {
    expect(() => client({ mechanism: 'SCRAM-SHA-256-PLUS' })).toThrow('cannot speak')
    expect(() => client({ mechanism: 'PLAIN' })).toThrow('cannot speak')
    expect(() => client({ nonce: 'short' })).toThrow('nonce')
  })
})
