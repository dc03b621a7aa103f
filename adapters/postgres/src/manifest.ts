/** What this protocol can honour. */
import type { Manifest } from '@gatehouse/adapter-kit'

export const manifest: Manifest = {
  name: 'postgres',
  defaultPort: 5432,
  honours: { mask: true, keys: true, rows: true, bytes: true, affected: true },
  pipelines: true,
}
