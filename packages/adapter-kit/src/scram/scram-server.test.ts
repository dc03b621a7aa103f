import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clientKeyOf, deriveScramKeys, hmac, saltPassword, sha256, xor } from './scram-keys.js'
import type { ChannelBinding } from './scram-messages.js'
import { createScramServer, type ScramServerOptions } from './scram-server.js'

const bytes = (message: string) => Buffer.from(message, 'latin1')
const salt = Buffer.from('0123456789abcdef')
const verifier = { salt, iterations: 1, keys: await deriveScramKeys('secret', salt, 1) }
const binding: ChannelBinding = { type: 'tls-server-end-point', data: Buffer.alloc(32, 7) }
const nonce = 'fyko+d2lbbFgONRv9qkxdawL'
const server = (options: Partial<ScramServerOptions> = {}) =>
  createScramServer({ mechanism: 'SCRAM-SHA-256', verifier: () => verifier, nonce, ...options })
const plus = { mechanism: 'SCRAM-SHA-256-PLUS', channelBinding: binding }
const offered = { channelBinding: binding }

describe('row 25: client-first-message', () => {
  const refused = (options: Partial<ScramServerOptions>, message: string) =>
    server(options).step(bytes(message)).done

  test.each<[string, Partial<ScramServerOptions>, string, string]>([
    ['`y` though -PLUS was offered', offered, 'y,,n=,r=abc', 'downgrade'],
    ['`p` with the plain mechanism', offered, 'p=tls-server-end-point,,n=,r=abc', 'malformed'],
    ['`p` where nothing was offered', {}, 'p=tls-server-end-point,,n=,r=abc', 'malformed'],
    ['`n` with -PLUS', plus, 'n,,n=,r=abc', 'malformed'],
    ['`y` with -PLUS', plus, 'y,,n=,r=abc', 'malformed'],
    ['another binding type', plus, 'p=tls-unique,,n=,r=abc', 'channel binding'],
    [
      '-PLUS that was not offered',
      { mechanism: 'SCRAM-SHA-256-PLUS' },
      'p=tls-server-end-point,,n=,r=a',
      'mechanism',
    ],
    ['a mechanism of another name', { mechanism: 'SCRAM-SHA-1' }, 'n,,n=,r=abc', 'mechanism'],
    ['an authorization identity', {}, 'n,a=bob,n=,r=abc', 'authorization identity'],
    ['rubbish for one', {}, 'n,x,n=,r=abc', 'malformed'],
    ['a mandatory extension', {}, 'n,,m=ext,n=,r=abc', 'extension'],
    ['a mandatory extension, later', {}, 'n,,n=,r=abc,m=ext', 'extension'],
    ['no name', {}, 'n,,r=abc', 'malformed'],
    ['no nonce', {}, 'n,,n=', 'malformed'],
    ['an empty nonce', {}, 'n,,n=,r=', 'malformed'],
    ['a nonce with a space', {}, 'n,,n=,r=a b', 'malformed'],
    ['a nonce with a byte over 7F', {}, 'n,,n=,r=a\xe9', 'malformed'],
    ['rubbish after the nonce', {}, 'n,,n=,r=abc,rubbish', 'malformed'],
    ['an unknown flag', {}, 'x,,n=,r=abc', 'malformed'],
    ['NUL', {}, 'n,,n=,r=abc\0', 'malformed'],
    ['nothing', {}, '', 'malformed'],
    ['1,025 bytes', {}, `n,,n=,r=${'a'.repeat(1017)}`, 'malformed'],
  ])('%s', (_name, options, message, reason) => {
    expect(refused(options, message)).toEqual({ ok: false, reason })
  })

  test('1,024 bytes, unknown extensions and a name in any spelling are taken', () => {
    expect(server().step(bytes(`n,,n=,r=${'a'.repeat(1016)}`)).send).toBeDefined()
    expect(server().step(bytes('y,,n=*,r=abc,x=1,y=2')).send).toBeDefined()
    const names: unknown[] = []
    const noting = (name: string | undefined) => {
      names.push(name)
      return verifier
    }
    for (const name of ['\xff', 'a=b', 'a=2Cb'])
      server({ verifier: noting }).step(bytes(`n,,n=${name},r=abc`))
    expect(names).toEqual([undefined, undefined, 'a,b'])
  })

  test('no initial response is answered by an empty challenge, once', () => {
    const stepper = server()
    expect(stepper.step(undefined)).toEqual({ send: new Uint8Array() })
    expect(stepper.step(undefined).done).toEqual({ ok: false, reason: 'malformed' })
    const patient = server()
    patient.step(undefined)
    expect(patient.step(bytes('n,,n=,r=abc')).send).toBeDefined()
  })
})

describe('row 25: client-final-message', () => {
  const first = 'n=,r=abc'
  const challenge = `r=abc${nonce},s=${salt.toString('base64')},i=1`

  /** Signs whatever it is told to, with the right password. */
  async function sign(withoutProof: string) {
    const clientKey = clientKeyOf(await saltPassword('secret', salt, 1))
    const signature = hmac(sha256(clientKey), bytes(`${first},${challenge},${withoutProof}`))
    return `${withoutProof},p=${xor(clientKey, signature).toString('base64')}`
  }
  function finish(message: string, options: Partial<ScramServerOptions> = {}, flag = 'n') {
    const stepper = server(options)
    stepper.step(bytes(`${flag},,${first}`))
    return { verdict: stepper.step(bytes(message)).done, stepper }
  }

  test('the honest one is taken, with extensions', async () => {
    expect(finish(await sign(`c=biws,r=abc${nonce}`)).verdict).toEqual({ ok: true, key: 0 })
    expect(finish(await sign(`c=biws,r=abc${nonce},x=1`)).verdict).toEqual({ ok: true, key: 0 })
    expect(finish(await sign(`c=eSws,r=abc${nonce}`), {}, 'y').verdict).toEqual({ ok: true, key: 0 })
  })

  test.each([
    ['another nonce', `c=biws,r=abc${nonce}x`, 'nonce'],
    ['the client nonce alone', 'c=biws,r=abc', 'nonce'],
    ['another header than was sent', `c=eSws,r=abc${nonce}`, 'channel binding'],
    ['an empty binding', `c=,r=abc${nonce}`, 'channel binding'],
    ['a mandatory extension', `c=biws,r=abc${nonce},m=1`, 'extension'],
    ['attributes in another order', `r=abc${nonce},c=biws`, 'malformed'],
    ['no binding', `r=abc${nonce}`, 'malformed'],
  ])('rightly signed with %s', async (_name, withoutProof, reason) => {
    expect(finish(await sign(withoutProof)).verdict).toEqual({ ok: false, reason })
  })

  test('rightly signed for another certificate', async () => {
    const other = Buffer.concat([bytes('p=tls-server-end-point,,'), Buffer.alloc(32, 8)]).toString('base64')
    const own = Buffer.concat([bytes('p=tls-server-end-point,,'), binding.data]).toString('base64')
    const flag = 'p=tls-server-end-point'
    const denied = { ok: false, reason: 'channel binding' }
    expect(finish(await sign(`c=${other},r=abc${nonce}`), plus, flag).verdict).toEqual(denied)
    expect(finish(await sign(`c=biws,r=abc${nonce}`), plus, flag).verdict).toEqual(denied)
    expect(finish(await sign(`c=${own},r=abc${nonce}`), plus, flag).verdict).toEqual({ ok: true, key: 0 })
  })

  test('a proof of another length, or followed by anything, is malformed', async () => {
    const right = await sign(`c=biws,r=abc${nonce}`)
    const malformed = { ok: false, reason: 'malformed' }
    expect(finish(`${right},x=1`).verdict).toEqual(malformed)
    expect(finish(`c=biws,r=abc${nonce},p=${Buffer.alloc(31).toString('base64')}`).verdict).toEqual(malformed)
    expect(finish(`c=biws,r=abc${nonce},p=`).verdict).toEqual(malformed)
    expect(finish(`c=biws,r=abc${nonce}`).verdict).toEqual(malformed)
    expect(finish(right.replace(/=$/, '')).verdict).toEqual(malformed)
  })

  test('after a verdict every further step fails', async () => {
    const right = await sign(`c=biws,r=abc${nonce}`)
    const { verdict, stepper } = finish(right)
    expect(verdict).toEqual({ ok: true, key: 0 })
    expect(stepper.step(bytes(right)).done).toEqual({ ok: false, reason: 'malformed' })
    const failed = finish(`${right}x`).stepper
    expect(failed.step(bytes(right)).done).toEqual({ ok: false, reason: 'malformed' })
  })

  test('one changed byte anywhere never signs in', async () => {
    const right = bytes(await sign(`c=biws,r=abc${nonce}`))
    fc.assert(
      fc.property(fc.nat(right.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const message = Buffer.from(right)
        message[at] = (message[at] ?? 0) ^ change
        return finish(message.toString('latin1')).verdict?.ok === false
      }),
      { numRuns: 2000 },
    )
  })
})

test('no bytes make the server throw', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.uint8Array(), fc.string().map(bytes)), { maxLength: 4 }), (messages) => {
      const stepper = server()
      return messages.every((message) => stepper.step(message).done?.ok !== true)
    }),
  )
})

test('a nonce that the caller did not randomise is a fault', () => {
  expect(() => server({ nonce: 'short' })).toThrow('nonce')
  expect(() => server({ nonce: 'with,comma,in,it,and,long' })).toThrow('nonce')
})
