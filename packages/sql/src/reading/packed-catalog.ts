/**
 * A catalog as bytes that any number of workers read without a copy. It is packed a little at a time: a large one would
 * hold up every session of the process for as long as it takes.
 */

export interface PackedCatalog {
  /** All but its lists, as JSON. */
  readonly rest: string
  /** The lists' items in order, as JSON in UTF-8. */
  readonly parts: readonly { readonly list: string; readonly bytes: SharedArrayBuffer }[]
}

/** Items of a list in one part: some tenths of a millisecond. */
const ITEMS = 100

export async function packCatalog(catalog: object): Promise<PackedCatalog> {
  const rest: Record<string, unknown> = {}
  const parts: { list: string; bytes: SharedArrayBuffer }[] = []
  for (const [member, value] of Object.entries(catalog)) {
    rest[member] = Array.isArray(value) ? [] : value
    if (!Array.isArray(value)) continue
    for (let from = 0; from < value.length; from += ITEMS) {
      if (parts.length > 0) await nextTurn()
      parts.push({ list: member, bytes: encode(JSON.stringify(value.slice(from, from + ITEMS))) })
    }
  }
  return { rest: JSON.stringify(rest), parts }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

function encode(text: string): SharedArrayBuffer {
  const bytes = new SharedArrayBuffer(Buffer.byteLength(text))
  Buffer.from(bytes).write(text)
  return bytes
}

/** The catalog again. */
export function unpackCatalog({ rest, parts }: PackedCatalog): unknown {
  const catalog = JSON.parse(rest) as Record<string, unknown[]>
  for (const { list, bytes } of parts) {
    const items = JSON.parse(Buffer.from(bytes).toString()) as unknown[]
    const all = catalog[list]
    if (Array.isArray(all)) for (const item of items) all.push(item)
  }
  return catalog
}
