/** What this protocol can honour. */
import type { Manifest } from '@gatehouse/adapter-kit'

export const manifest: Manifest = {
  name: 'mongodb',
  defaultPort: 27017,
  honours: { mask: true, keys: true, rows: true, bytes: true, affected: true },
  pipelines: true,
}
