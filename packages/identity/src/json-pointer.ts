/** JSON Pointers into claims (RFC 6901); claim names with dots and slashes are common (`/https:~1~1example.com~1groups`). */

export type JsonPointer = readonly string[]

/** undefined when the text is no pointer. */
export function parsePointer(text: string): JsonPointer | undefined {
  if (text === '') return []
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The value that a pointer names, or undefined; only own members count. */
export function readPointer(document: unknown, pointer: JsonPointer): unknown {
  let value = document
  for (const token of pointer) {
    if (Array.isArray(value)) {
      value = /^(?:0|[1-9][0-9]*)$/.test(token) ? value[Number(token)] : undefined
    } else if (typeof value === 'object' && value !== null && Object.hasOwn(value, token)) {
      value = Reflect.get(value, token)
    } else {
      return undefined
    }
  }
  return value
}
