/** Gives fields inside documents (`profile:contact.email`) the classes that their keys' names mean (R6). */
import type { Field, Source, Statement } from '@gatehouse/core'
import { type ClassesDocument, documentedClasses } from './classes-document.js'
import { classifyKey } from './classify.js'
import { DATA_CLASSES, withUmbrellas } from './data-class.js'

/** Classes of the last key of a path: the Classes document has the last word. `field`: a resource and its column. */
export function classifyPath(
  document: ClassesDocument | undefined,
  field: readonly string[] | undefined,
  path: readonly string[],
): readonly string[] {
  const said = document && field && documentedClasses(document, field, path)
  return said === undefined ? classifyKey(path.at(-1) ?? '') : said.classes
}

/** As readers write a key that the statement does not tell, and a place in a list. */
const ANYWHERE = '*'
const POSITION = '[]'
const EVERY_CLASS = withUmbrellas(DATA_CLASSES)

/** The same statement when it goes into no document. What stands under a key of a class is of that class. */
export function classifyInside<Read extends Statement>(
  statement: Read,
  document: ClassesDocument | undefined,
): Read {
  const classesOf = (resource: readonly string[], name: string, known: readonly string[]) => {
    const colon = name.indexOf(':')
    const path = name.slice(colon + 1).split('.')
    const field = [...resource, name.slice(0, colon)]
    const inside = path.includes(ANYWHERE)
      ? EVERY_CLASS
      : path.flatMap((_, at) =>
          classifyPath(
            document,
            field,
            path.slice(0, at + 1).filter((key) => key !== POSITION),
          ),
        )
    return [...new Set([...known, ...inside])]
  }
  const sourceOf = (source: Source): Source =>
    source.field.includes(':')
      ? { ...source, classes: classesOf(source.resource.split('.'), source.field, source.classes) }
      : source
  const inDocuments =
    statement.actions.some(({ fields }) => fields !== 'unknown' && fields.some(isInside)) ||
    (statement.outputs !== 'unknown' &&
      statement.outputs.some(({ sources }) => sources.some(({ field }) => field.includes(':'))))
  if (!inDocuments) return statement
  return {
    ...statement,
    actions: statement.actions.map((action) =>
      action.fields === 'unknown' || !action.fields.some(isInside)
        ? action
        : {
            ...action,
            fields: action.fields.map((field) =>
              isInside(field)
                ? { ...field, classes: classesOf(action.resource.path, field.name, field.classes) }
                : field,
            ),
          },
    ),
    outputs:
      statement.outputs === 'unknown'
        ? statement.outputs
        : statement.outputs.map((output) => ({ ...output, sources: output.sources.map(sourceOf) })),
  }
}

function isInside({ name }: Field): boolean {
  return name.includes(':')
}
