/** The identity stamp: what a database's own views show of who asks (R13). */
import { type Identity, qualify } from '@gatehouse/core'

/**
 * `gh:<name>/<what the client calls itself>`, printable ASCII, at most `longest` bytes as the server would cut it. The
 * name is qualified as rules write it (R9) and holds no slash: nobody else's can begin like it.
 */
export function identityStamp(identity: Identity, application: string | undefined, longest: number): string {
  const who = plain(escaped(qualify(identity, identity.agent ?? identity.name)))
  const own = plain(application ?? '')
  return (own === '' ? `gh:${who}` : `gh:${who}/${own}`).slice(0, longest)
}

function escaped(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('/', '%2F')
}

function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?')
}
