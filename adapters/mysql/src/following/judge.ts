/** What columns are judged by: the catalog, what is said of fields by hand, and the key of keyed masks. */
import type { MaskKey } from '@gatehouse/masking'
import type { Server } from '../catalog/server.js'

export interface Judge {
  readonly server: Pick<Server, 'relation' | 'column' | 'document' | 'catalog' | 'epoch'>
  readonly key: MaskKey | undefined
}

/** `schema.relation`; either may hold dots. */
export function relationNamed(resource: string, { server }: Judge) {
  for (let at = resource.indexOf('.'); at > 0; at = resource.indexOf('.', at + 1)) {
    const found = server.relation(resource.slice(0, at), resource.slice(at + 1))
    if (found !== undefined) return found
  }
  return undefined
}
