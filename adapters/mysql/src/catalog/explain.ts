/** Reads a statement as a new session would, for `explain` and policy tests. */
import type { Explanation } from '@gatehouse/adapter-kit'
import type { MysqlCatalog, MysqlReader } from '@gatehouse/sql'

/** `database` undefined: none is chosen, so that only qualified names mean something. */
export async function explainStatement(
  reader: MysqlReader,
  catalog: MysqlCatalog,
  text: string,
  { account, database }: { readonly account: string; readonly database: string | undefined },
): Promise<Explanation> {
  const { plan } = await reader.read(text, {
    database,
    sqlMode: catalog.sqlMode ?? [],
    charset: 'utf8mb4',
    overlay: [],
    account,
  })
  return plan.kind === 'read' ? plan : { kind: 'unreadable', why: plan.why }
}
