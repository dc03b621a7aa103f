import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endpointBinding } from './endpoint-binding.js'

function certificate(...options: string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'endpoint-'))
  try {
    const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')]
    execFileSync('openssl', ['req', '-x509', '-nodes', '-subj', '/CN=x', ...options, ...files], {
      stdio: 'pipe',
    })
    return new X509Certificate(readFileSync(join(folder, 'cert'))).raw
  } finally {
    rmSync(folder, { recursive: true })
  }
}
const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
const rsa = ['-newkey', 'rsa:2048']

test.each([
  ['ECDSA with SHA-256', [...ec, '-sha256'], 'sha256'],
  ['ECDSA with SHA-384', [...ec, '-sha384'], 'sha384'],
  ['ECDSA with SHA-1 is raised', [...ec, '-sha1'], 'sha256'],
  ['RSA with SHA-512', [...rsa, '-sha512'], 'sha512'],
  ['RSA with SHA-224', [...rsa, '-sha224'], 'sha224'],
  ['RSASSA-PSS with SHA-384', [...rsa, '-sha384', '-sigopt', 'rsa_padding_mode:pss'], 'sha384'],
])('%s', (_name, options, hash) => {
  const der = certificate(...options)
  expect(endpointBinding(der)).toEqual({
    type: 'tls-server-end-point',
    data: createHash(hash).update(der).digest(),
  })
})

test('Ed25519 has no hash: nothing is offered', () => {
  expect(endpointBinding(certificate('-newkey', 'ed25519'))).toBeUndefined()
})

test('bytes that are no certificate bind nothing, and never throw', () => {
  const der = certificate(...ec)
  for (let length = 0; length < der.length - 80; length += 7) {
    expect(endpointBinding(der.subarray(0, length))).toBeUndefined()
  }
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      endpointBinding(bytes)
      endpointBinding(Buffer.concat([Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), bytes]))
    }),
  )
})
