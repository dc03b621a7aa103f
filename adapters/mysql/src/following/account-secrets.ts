/** What the accounts of the database sign in by, where a result may hold it: shown to nobody, whoever sees the rest. */
import { append, text } from '@gatehouse/adapter-kit'
import { isAccountSecret, type MysqlStatement } from '@gatehouse/sql'
import { type CellMask, createCellMask, type RowFormat } from '../masking/index.js'
import type { ColumnDefinition } from '../messages/index.js'

/** Rows of these are looked at for everybody: the result is not known from the text, or is one of the accounts'. */
export function mayShowSecrets({ outputs, actions }: MysqlStatement): boolean {
  return outputs === 'unknown' || actions.some(({ resource: { path } }) => isOfAccounts(path[0]))
}

const isOfAccounts = (schema = '') => schema.length === 5 && schema.toLowerCase() === 'mysql'

/** A column that comes from where secrets are kept. */
export function secretCell(column: ColumnDefinition, format: RowFormat): CellMask | undefined {
  const { schema, orgTable, orgName } = column
  // MariaDB's `mysql.user` is a view, whose expressions bear no schema.
  if (!isAccountSecret(text(schema) || 'mysql', text(orgTable), text(orgName))) return undefined
  return createCellMask({
    ...{ mask: 'redact', column, format, classes: [], field: '', key: undefined, computed: true },
  })
}

/** SHOW GRANTS of MariaDB, and SHOW CREATE USER: statements that would make the account anew. */
export function accountCell({ name, orgName }: ColumnDefinition): CellMask | undefined {
  if (orgName.length > 0 || !/^(?:grants|create user) for /i.test(text(name))) return undefined
  return (source, start, end, out) => {
    const told = withoutSecrets(Buffer.from(source.subarray(start, end)).toString('latin1'))
    const bytes = Buffer.from(told, 'latin1')
    append(out, bytes, 0, bytes.length)
    return true
  }
}

const QUOTED = String.raw`'(?:[^'\\]|\\[^]|'')*'`
const GIVEN = new RegExp(String.raw`\b(AS|USING|BY|BY PASSWORD)(\s+)(?:${QUOTED}|0x[0-9a-f]+)`, 'gi')
/** What is left of a digest by another spelling: the older plugin's, and caching_sha2_password's. */
const DIGEST = /\*[0-9a-f]{40}|\$A\$00/i

/** Names stand in backquotes; what stands in quotes behind these words is a password or its digest. */
export function withoutSecrets(statement: string): string {
  const scrubbed = statement.replace(GIVEN, "$1$2'<redacted>'")
  return DIGEST.test(scrubbed) ? '<redacted>' : scrubbed
}
