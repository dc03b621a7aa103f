/** The secret behind hash and pseudonym: one per fleet, one derived key per field (R18). */
import { createHmac } from 'node:crypto'
import { GatehouseError } from '@gatehouse/core'
import { type Digest, keyedDigest } from './keyed-digest.js'

const KEY_BYTES = 32

export interface MaskKey {
  /** The key of one field, `resource.field`: equal values of different fields don't look alike. */
  forField(field: string): FieldKey
}

export interface FieldKey {
  /** HMAC-SHA-256 of the value, 32 bytes. */
  readonly digest: Digest
}

/** `secret` is the content of the key file, 32 bytes. */
export function createMaskKey(secret: Uint8Array): MaskKey {
  if (secret.length !== KEY_BYTES) {
    throw new GatehouseError(
      'GH_CONFIGURATION',
      `\`masking.key\` holds ${secret.length} bytes, not ${KEY_BYTES}`,
    )
  }
  const root = Uint8Array.from(secret)
  return {
    forField: (field) => {
      const derived = createHmac('sha256', root).update(`gatehouse mask\0${field}`).digest()
      return { digest: keyedDigest(derived) }
    },
  }
}
