/** What all sessions of one listener share. */
import type { Site } from '@gatehouse/adapter-kit'
import type { MaskKey } from '@gatehouse/masking'
import type { Server } from './catalog/server.js'
import type { Registry } from './session/siblings.js'

export interface House {
  readonly site: Site
  readonly server: Server
  readonly key: MaskKey | undefined
  readonly registry: Registry
}
