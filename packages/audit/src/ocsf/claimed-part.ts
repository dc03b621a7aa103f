/** What a client says about itself, bounded: it proves nothing and may be of any size (R10). */
import type { Claimed } from '@gatehouse/core'
import { clip, quote } from './json-text.js'

const TAGS = 32
const NAME = 64
const VALUE = 256

/** Continues the object that the session's `claimedLogin` opened. */
export function claimedPart(claimed: Claimed): string {
  const application =
    claimed.application === undefined ? '' : `,"application":${quote(clip(claimed.application, VALUE))}`
  const tags = Object.entries(claimed.tags ?? {})
  if (tags.length === 0) return `${application}}`
  const shown = tags
    .slice(0, TAGS)
    .map(([name, value]) => `${quote(clip(name, NAME))}:${quote(clip(value, VALUE))}`)
  return `${application},"tags":{${shown.join(',')}}}`
}
