/** A short hash that tells one set of documents from another; it identifies, and proves nothing. */

/** 64 bits by two 32-bit FNV-1a streams over the JSON text, in hexadecimal. */
export function contentHash(value: unknown): string {
  const text = JSON.stringify(value) ?? ''
  let low = 0x811c9dc5
  let high = 0x01000193
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ (unit + i), 0x85ebca6b)
  }
  const hex = (part: number): string => (part >>> 0).toString(16).padStart(8, '0')
  return hex(high ^ (high >>> 15)) + hex(low ^ (low >>> 13))
}
