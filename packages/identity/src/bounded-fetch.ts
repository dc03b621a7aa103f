/** A fetch whose answers have a ceiling (R30): what an issuer sends is read whole into memory. */

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export function boundFetch(fetch: Fetch, mostBytes: number): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init)
    if (response.body === null) return response
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of response.body) {
      length += chunk.length
      if (length > mostBytes) throw new Error(`the answer of \`${url}\` is over ${mostBytes} bytes`)
      chunks.push(chunk)
    }
    const { status, statusText, headers } = response
    return new Response(Buffer.concat(chunks), { status, statusText, headers })
  }
}
