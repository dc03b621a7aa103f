/** Classes of a relation's columns: names and comments first, a Classes document last (R6, R22). */
import type { ClassesDocument } from '@gatehouse/adapter-kit'
import { type ClassesDocument as Compiled, classifyDocumented, compileDocuments } from '@gatehouse/masking'
import type { MysqlRelation } from '@gatehouse/sql'
import type { DescribedRelation } from './read-relations.js'
import type { StickyClasses } from './sticky-classes.js'

export type Classify = (relation: DescribedRelation) => readonly Said[]

/** Added to what sticks to the column; `only` replaces it, which is the word of a Classes document alone. */
type Said = readonly string[] | { readonly only: readonly string[] }

/** Relations whose classes are remembered: a reading that differs in one need not judge the others again. */
const REMEMBERED = 200_000

export function createClassify(documents: readonly ClassesDocument[]): Classify {
  const compiled = compileDocuments(documents)
  const known = new Map<string, { readonly of: string; readonly said: readonly Said[] }>()
  return (relation) => {
    const key = `${relation.schema}\0${relation.name}`
    const of = relation.columns.map(({ name, type, comment }) => `${name}\0${type}\0${comment}`).join('\0')
    const before = known.get(key)
    if (before?.of === of) return before.said
    if (known.size >= REMEMBERED) known.clear()
    const said = classifyRelation(relation, compiled)
    known.set(key, { of, said })
    return said
  }
}

function classifyRelation(relation: DescribedRelation, compiled: Compiled): readonly Said[] {
  const found = classifyDocumented(
    {
      app: relation.schema,
      schema: '',
      relation: relation.name,
      columns: relation.columns.map(({ name, type, comment }) => ({
        name,
        type,
        ...(comment === '' ? {} : { comment }),
      })),
    },
    relation.schema,
    compiled,
  )
  const own = new Map(found.map((each) => [each.column, each]))
  return relation.columns.map(({ name }) => {
    const said = own.get(name)
    // What lies inside a document is only ever shown with the whole of it.
    const inside = found.flatMap((each) => (each.column.startsWith(`${name}:`) ? each.classes : []))
    const classes = [...new Set([...(said?.classes ?? []), ...inside])]
    return said?.rule.startsWith('Classes ') ? { only: classes } : classes
  })
}

/** Invariant: a class sticks to its column through rename, move and retype, until a document removes it (R6). */
export function classifyRelations(
  relations: readonly DescribedRelation[],
  classify: Classify,
  sticky: StickyClasses,
): MysqlRelation[] {
  const stuck = sticky.of(relations)
  const lists = new Map<string, readonly string[]>()
  const shared = (classes: readonly string[]) => {
    const key = classes.join('\0')
    const known = lists.get(key)
    if (known === undefined) lists.set(key, classes)
    return known ?? classes
  }
  const classified = relations.map((relation): MysqlRelation => {
    const said = relation.kind === 'system' ? [] : classify(relation)
    const before = stuck.get(relation)
    const first = relation.columns.map((_, at) => {
      const classes = said[at] ?? []
      return 'only' in classes ? classes : [...new Set([...classes, ...(before?.[at] ?? [])])]
    })
    const classes = relation.columns.map(({ expressionDefault: text }, at) => {
      const own = first[at] ?? []
      if ('only' in own) return shared(own.only)
      return shared(text === undefined ? own : [...new Set([...own, ...mentioned(text, relation, first)])])
    })
    if (relation.columns.length > 0 && relation.kind !== 'system') sticky.keep(relation, classes)
    const { columns, ...rest } = relation
    return {
      ...rest,
      columns: columns.map(({ comment: _, expressionDefault: text, ...column }, at) => ({
        ...column,
        ...(text !== undefined && columns.some((each) => mentions(text, each)) ? { copies: text } : {}),
        classes: classes[at] ?? [],
      })),
    }
  })
  sticky.settle(relations)
  return classified
}

/** A default that is made of other columns of the row holds what they hold. */
function mentioned(text: string, { columns }: DescribedRelation, said: readonly Said[]): readonly string[] {
  return columns.flatMap((column, at) => {
    const classes = said[at] ?? []
    if (!mentions(text, column)) return []
    return 'only' in classes ? classes.only : classes
  })
}

/** Servers show expressions with every name quoted. */
const mentions = (text: string, { name }: { readonly name: string }) =>
  text.toLowerCase().includes(`\`${name.toLowerCase().replaceAll('`', '``')}\``)
