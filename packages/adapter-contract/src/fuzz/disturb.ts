/** What happens besides the talk itself: ends that leave, orders from outside, a spool that takes nothing. */
import type { Door } from './door.js'

export const DISTURBANCES = [
  'client leaves',
  'client resets',
  'upstream leaves',
  'upstream resets',
  'drain',
  'end',
  'cancel',
  'spool full',
  'spool fails',
] as const
export type Disturbance = (typeof DISTURBANCES)[number]

export function disturb(session: Door, what: Disturbance): void {
  const { client, upstream, conduct, spool } = session
  if (what === 'client leaves') client.finish()
  else if (what === 'client resets') client.reset()
  else if (what === 'upstream leaves') upstream.finish()
  else if (what === 'upstream resets') upstream.reset()
  else if (what === 'drain') conduct.drain()
  else if (what === 'end') conduct.end('GH_ENDED', 'enough')
  else if (what === 'cancel') void conduct.cancel()
  else if (what === 'spool full') spool.full = true
  else spool.failing = true
}
