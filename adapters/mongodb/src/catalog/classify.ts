/** Classes of fields: by their names among their neighbours, and a Classes document last (R6, R22). */
import { type ClassesDocument as Compiled, classifyDocumented, classifyPath } from '@gatehouse/masking'
import { fieldName } from './catalog.js'
import type { SampledField } from './sample.js'

export interface Described {
  readonly database: string
  readonly name: string
  readonly fields: readonly SampledField[]
}

/** Paths whose classes are remembered, for each collection: documents may have keys that are data. */
const REMEMBERED = 10_000
const LONGEST_REMEMBERED = 512

/** Gives the classes of any path of one collection, known or not: its own and those of all that it stands under. */
export function createClassify(
  { database, name, fields }: Described,
  document: Compiled,
): (path: readonly string[]) => readonly string[] {
  const columns = fields
    .filter(({ path }) => path.length === 1)
    .map(({ path: [column = ''], types }) => ({ name: column, type: typeOf(types) }))
  const relation = { app: database, schema: '', relation: name }
  const classesOf = (given: typeof columns) =>
    new Map(
      classifyDocumented({ ...relation, columns: given }, database, document).map((each) => [
        each.column,
        each.classes,
      ]),
    )
  const tops = classesOf(columns)
  const known = new Map<string, readonly string[]>()

  const topClasses = (top: string): readonly string[] => {
    const own = tops.get(top)
    if (own !== undefined) return own
    return classesOf([...columns, { name: top, type: '' }]).get(top) ?? []
  }
  const judge = (path: readonly string[]): readonly string[] => {
    const [top = '', ...inside] = path
    const field = [database, name, top]
    const beneath = inside.flatMap((_, at) => classifyPath(document, field, inside.slice(0, at + 1)))
    return [...new Set([...topClasses(top), ...beneath])]
  }
  return (path) => {
    const key = fieldName(path)
    const before = known.get(key)
    if (before !== undefined) return before
    const classes = judge(path)
    if (known.size < REMEMBERED && key.length <= LONGEST_REMEMBERED) known.set(key, classes)
    return classes
  }
}

/** What naming rules go by: one type that the values have, nulls and arrays of it aside. */
function typeOf(types: readonly string[]): string {
  const scalar = types.filter((type) => type !== 'null' && type !== 'array')
  return scalar.length === 1 ? (scalar[0] ?? '') : ''
}
