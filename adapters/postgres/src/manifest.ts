/** What this protocol can honour. */
import type { Manifest } from '@gatehouse/adapter-kit'

export const manifest: Manifest = {
  name: 'postgres',
  defaultPort: 5432,
  honours: { mask: true, rows: true },
  pipelines: true,
}
