/** Look-ups in one reading of a catalog, by names as the server's replies and the client's texts write them. */
import type { MysqlCatalog, MysqlColumn, MysqlRelation } from '@gatehouse/sql'

export interface Names {
  /** Names compare as lower_case_table_names says. */
  relation(schema: string, name: string): MysqlRelation | undefined
  /** A column's name compares without case. */
  column(schema: string, relation: string, name: string): MysqlColumn | undefined
}

export function namesOf(catalog: MysqlCatalog): Names {
  const fold = (name: string) => (catalog.lowerCaseTableNames === 0 ? name : name.toLowerCase())
  // The server's own relations of this schema go by any spelling.
  const keyOf = (schema: string, name: string) =>
    schema.toLowerCase() === 'information_schema'
      ? `information_schema\0${name.toLowerCase()}`
      : `${fold(schema)}\0${fold(name)}`
  const relations = new Map(catalog.relations.map((each) => [keyOf(each.schema, each.name), each]))
  const columns = new WeakMap<MysqlRelation, ReadonlyMap<string, MysqlColumn>>()
  const columnsOf = (relation: MysqlRelation) => {
    const known = columns.get(relation)
    if (known !== undefined) return known
    const made = new Map(relation.columns.map((column) => [column.name.toLowerCase(), column]))
    columns.set(relation, made)
    return made
  }
  return {
    relation: (schema, name) => relations.get(keyOf(schema, name)),
    column(schema, relation, name) {
      const found = relations.get(keyOf(schema, relation))
      return found && columnsOf(found).get(name.toLowerCase())
    },
  }
}
