/** The certificate that a client has shown, and whether it holds (RFC 5280 §6, by OpenSSL). */
import type { TLSSocket } from 'node:tls'
import type { ClientCertificate } from './hall.js'

const NONE: ClientCertificate = { kind: 'none' }

/**
 * Invariant: what OpenSSL has not verified is never `verified`. A TLSSocket that stands on a socket of ours says so by its handle
 * alone: `authorized` is set by `tls.Server` only.
 */
export function shownBy(socket: TLSSocket): ClientCertificate {
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return NONE
  // An empty name reads as undefined.
  const subject = String(certificate.subject ?? '')
  const reason = faultOf(socket)
  if (reason !== undefined) return { kind: 'unverified', reason, subject }
  return { kind: 'verified', subject, expiresAt: Date.parse(certificate.validTo) }
}

function faultOf(socket: TLSSocket): string | undefined {
  const handle: unknown = Reflect.get(socket, 'ssl')
  if (!isVerifying(handle)) return 'UNKNOWN'
  const fault = handle.verifyError()
  if (fault === null || fault === undefined) return undefined
  return typeof fault === 'object' && 'code' in fault && typeof fault.code === 'string'
    ? fault.code
    : 'UNKNOWN'
}

function isVerifying(handle: unknown): handle is { verifyError(): unknown } {
  return (
    typeof handle === 'object' &&
    handle !== null &&
    'verifyError' in handle &&
    typeof handle.verifyError === 'function'
  )
}
