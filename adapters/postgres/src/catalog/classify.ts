/** Classes of a relation's columns: names and comments first, a Classes document last (R6, R22). */
import type { ClassesDocument } from '@gatehouse/adapter-kit'
import { classifyDocumented, compileDocuments } from '@gatehouse/masking'
import type { Classify } from './index.js'

export function createClassify(documents: readonly ClassesDocument[]): Classify {
  const compiled = compileDocuments(documents)
  return (relation) => {
    const found = classifyDocumented(
      {
        app: relation.database,
        schema: relation.schema,
        relation: relation.name,
        columns: relation.columns.map(({ name, type, comment }) => ({
          name,
          type,
          ...(comment === undefined ? {} : { comment }),
        })),
      },
      relation.database,
      compiled,
    )
    return relation.columns.map(({ name }) => {
      const own = found.find(({ column }) => column === name)
      // What lies inside a document is only ever shown with the whole of it.
      const inside = found
        .filter(({ column }) => column.startsWith(`${name}:`))
        .flatMap(({ classes }) => classes)
      const classes = [...new Set([...(own?.classes ?? []), ...inside])]
      return own?.rule.startsWith('Classes ') ? { only: classes } : classes
    })
  }
}
