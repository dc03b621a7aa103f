/** What an operator should know of the listeners' own certificates before clients do. */

interface Certified {
  readonly name: string
  readonly tls?: { readonly expires: number } | undefined
}

const SOON = 14 * 86_400_000

/** `now`: milliseconds since the epoch. One line for each certificate that has ended, or ends within two weeks. */
export function certificateNotes(
  { listeners }: { readonly listeners: readonly Certified[] },
  now: number,
): string[] {
  return listeners.flatMap(({ name, tls }) => {
    if (tls === undefined || tls.expires - now > SOON) return []
    const when = new Date(tls.expires).toISOString().slice(0, 10)
    const how = tls.expires <= now ? `ended on ${when}: clients refuse it` : `ends on ${when}`
    return [`listener \`${name}\`: its certificate ${how}`]
  })
}
