/** Names as they stood before what the server has skipped or failed (§3.2); later segments may have used them meanwhile. */
import type { Memory, Portal, Prepared } from '../session/memory.js'

/** `gone`: what stood there instead; undefined: nothing did. `back`: undefined when nothing stood there before. */
export function putStatementBack(
  { prepared, ledger }: Memory,
  gone: Prepared | undefined,
  back: Prepared | undefined,
): void {
  const name = (gone ?? back)?.name ?? ''
  const now = prepared.get(name)
  const later = now !== gone || gone === undefined
  for (let index = 0; later && index < ledger.size; index += 1) {
    const entry = ledger.at(index)
    // Invariant: what a later segment took the place of, or dropped, is what stands there now, not what was thought to.
    if (entry?.kind === 'parse' && entry.prepared.name === name && entry.previous === gone) {
      entry.previous = back
      return
    }
    const drops = entry?.kind === 'query' || (entry?.kind === 'poison' && entry.drops)
    if (drops && name === '' && entry.unnamed === gone) {
      entry.unnamed = back
      return
    }
    if (entry?.kind === 'close' && entry.prepared !== undefined && entry.prepared === gone) {
      entry.prepared = back
      return
    }
  }
  if (now !== undefined && now !== gone) return
  if (back === undefined) prepared.delete(name)
  else prepared.set(name, back)
}

export function putPortalBack(
  { portals, ledger }: Memory,
  gone: Portal | undefined,
  back: Portal | undefined,
): void {
  const name = (gone ?? back)?.name ?? ''
  const now = portals.get(name)
  for (let index = 0; now !== gone && index < ledger.size; index += 1) {
    const entry = ledger.at(index)
    if (entry?.kind === 'bind' && entry.portal.name === name && entry.previous === gone) {
      entry.previous = back
      return
    }
    if (entry?.kind === 'close' && entry.portal !== undefined && entry.portal === gone) {
      entry.portal = back
      return
    }
  }
  if (now !== undefined && now !== gone) return
  if (back === undefined) portals.delete(name)
  else portals.set(name, back)
}
