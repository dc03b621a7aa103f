/** Classes documents have the last word over what a catalog's file says (interface.md §3). */
import type { Knowledge } from '@gatehouse/adapter-kit'
import { compileDocuments, documentedClasses } from '@gatehouse/masking'

/** `path`: the relation's database, schema where there are any, and name. */
export function documentClasses(classes: Knowledge['classes']) {
  const document = compileDocuments(classes)
  return <Column extends { readonly name: string }, Relation extends { readonly columns: readonly Column[] }>(
    path: readonly string[],
    relation: Relation & { readonly columns: readonly Column[] },
  ): Relation => ({
    ...relation,
    columns: relation.columns.map((column) => {
      const said = documentedClasses(document, [...path, column.name])
      return said === undefined ? column : { ...column, classes: said.classes }
    }),
  })
}
