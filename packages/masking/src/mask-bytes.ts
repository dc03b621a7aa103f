/** Masks of identifiers and raw bytes. */
import type { MaskKind } from '@gatehouse/core'
import type { FieldKey } from './mask-key.js'
import { REDACTED } from './mask-text.js'

/** 16 bytes for 16 bytes: a version 8 UUID (RFC 9562 §5.8) whose bits are the keyed digest; null for other masks. */
export function maskUuid(kind: MaskKind, value: Uint8Array, key: FieldKey | undefined): Uint8Array | null {
  if ((kind !== 'hash' && kind !== 'pseudonym') || key === undefined) return null
  const masked = Uint8Array.from(key.digest(value).subarray(0, 16))
  masked[6] = ((masked[6] ?? 0) & 0x0f) | 0x80
  masked[8] = ((masked[8] ?? 0) & 0x3f) | 0x80
  return masked
}

const REDACTED_BYTES: Uint8Array = new TextEncoder().encode(REDACTED)

/** 16 bytes of the keyed digest, or the bytes of the constant. */
export function maskBytes(kind: MaskKind, value: Uint8Array, key: FieldKey | undefined): Uint8Array | null {
  if (kind === 'redact') return REDACTED_BYTES
  if ((kind !== 'hash' && kind !== 'pseudonym') || key === undefined) return null
  return Uint8Array.from(key.digest(value).subarray(0, 16))
}
