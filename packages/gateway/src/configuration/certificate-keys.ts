/** Certificates: a listener's own, and the authorities that an upstream's is judged by. */
import { constants, createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import { z } from 'zod'
import { section, text } from './keys.js'
import { reasonOf } from './secret.js'
import { absolute, type Surroundings } from './surroundings.js'

export interface ListenerTls {
  readonly context: SecureContext
  /** The leaf certificate, DER; channel binding is computed from it (RFC 5929 §4.1). */
  readonly certificate: Uint8Array
  readonly expires: number
  /** It has authorities for clients' certificates. */
  readonly asksCertificate: boolean
}

function pemFile(surroundings: Surroundings, what: string) {
  return text(`the path of ${what}, PEM`).transform((path, context): string => {
    try {
      const pem = new TextDecoder().decode(surroundings.readFile(absolute(surroundings, path)))
      if (pem.includes('-----BEGIN ')) return pem
      context.addIssue({ code: 'custom', message: `\`${path}\` is not PEM` })
    } catch (cause) {
      context.addIssue({ code: 'custom', message: `\`${path}\` cannot be read: ${reasonOf(cause)}` })
    }
    return z.NEVER
  })
}

export function certificateAuthority(surroundings: Surroundings) {
  return pemFile(surroundings, "the authorities' certificates").transform((pem, context) => {
    try {
      new X509Certificate(pem)
      return pem
    } catch {
      context.addIssue({ code: 'custom', message: 'this file holds no certificate' })
      return z.NEVER
    }
  })
}

export function listenerTls(surroundings: Surroundings) {
  return section({
    cert: pemFile(surroundings, 'the certificate, the leaf first'),
    key: pemFile(surroundings, "the certificate's key"),
    ca: certificateAuthority(surroundings).optional(),
  }).transform(({ cert, key, ca }, context): ListenerTls => {
    try {
      const leaf = new X509Certificate(cert)
      if (key.includes('ENCRYPTED')) throw new Error('the key has a passphrase: expected one without')
      // OpenSSL takes a pair of two kinds of key, and fails each handshake.
      if (!leaf.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is not the certificate’s')
      const asksCertificate = ca !== undefined
      const secure = createSecureContext({
        cert,
        key,
        minVersion: 'TLSv1.2',
        ...(asksCertificate && judging(ca)),
      })
      const expires = Date.parse(leaf.validTo)
      return { context: secure, certificate: new Uint8Array(leaf.raw), expires, asksCertificate }
    } catch (cause) {
      // OpenSSL's reasons name what is wrong with the pair and never quote the key.
      const why = cause instanceof Error ? cause.message : String(cause)
      context.addIssue({ code: 'custom', message: `the certificate and its key cannot be used: ${why}` })
      return z.NEVER
    }
  })
}

/** No session is resumed: whoever comes back shows the certificate again, and it is judged by what holds then. */
function judging(ca: string) {
  return { ca, sessionIdContext: 'gatehouse', secureOptions: constants.SSL_OP_NO_TICKET }
}
