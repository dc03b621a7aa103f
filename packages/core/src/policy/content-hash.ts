/** A short hash that tells one set of documents from another; it identifies, and proves nothing. */

/** Where a document was read says nothing about what it means. */
function withoutPlaces(_: string, value: unknown): unknown {
  const isPlace =
    typeof value === 'object' && value !== null && 'column' in value && typeof value.column === 'number'
  return isPlace ? undefined : value
}

/** 64 bits by two 32-bit FNV-1a streams over the JSON text without places, in hexadecimal. */
export function contentHash(value: unknown): string {
  const text = JSON.stringify(value, withoutPlaces) ?? ''
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
