/** Columns that hold documents, for viewers whose masks bind classes: keys inside are masked by their names (R6). */
import type { KeyMask, Output } from '@gatehouse/core'
import { judgeKeys } from '@gatehouse/masking'
import { attributesOf } from '@gatehouse/sql'
import {
  type CellMask,
  cellTypeOf,
  createCellMask,
  createDocumentCell,
  guessedDocumentCell,
  isDocument,
  spelledDocumentCell,
} from '../masking/index.js'
import type { Judge } from './shape.js'

export interface DocumentColumn {
  readonly keys: readonly KeyMask[]
  /** Undefined: nothing is known of where it comes from. */
  readonly output: Output | undefined
  /** Undefined: COPY tells no types, and the catalog cannot either. */
  readonly typeOid: number | undefined
  readonly format: number
  /** More than one stored value may stand behind it. */
  readonly computed: boolean
}

/** Undefined: no document, nothing to mask. */
export function documentColumn(column: DocumentColumn, judge: Judge): CellMask | undefined {
  if (column.keys.length === 0) return undefined
  if (column.typeOid === undefined) {
    const { judgeKey, byPath } = judgeOf(column, judge)
    return guessedDocumentCell(
      { judge: judgeKey, byPath, computed: true },
      column.format === 1,
      comesOfDocument(column.output, judge),
      isSpelled(column.output, judge),
    )
  }
  const type = cellTypeOf(column.typeOid, judge.type)
  if (isDocument(type) && type !== undefined) {
    const { computed, output } = column
    const { judgeKey, byPath } = judgeOf(column, judge)
    return createDocumentCell({
      type,
      binary: column.format === 1,
      judge: judgeKey,
      byPath,
      // A copied array or document is as it was stored; anything else may hold documents that were made text.
      computed: computed || output?.how !== 'copied',
    })
  }
  if (!comesOfDocument(column.output, judge)) {
    const scalar = type?.kind === 'scalar'
    if (!isSpelled(column.output, judge) || (scalar && type.family !== 'text')) return undefined
    const { judgeKey, byPath } = judgeOf(column, judge)
    return spelledDocumentCell({ judge: judgeKey, byPath, computed: true }, scalar)
  }
  // A document in another form: its keys can no longer be told apart.
  return createCellMask({
    mask: 'redact',
    typeOid: column.typeOid,
    typeOf: judge.type,
    format: column.format,
    classes: [],
    field: '',
    key: undefined,
    computed: true,
  })
}

/** A whole document, not what stands under one key of it, is in the output in some form, or a composite that holds one. */
function comesOfDocument(output: Output | undefined, judge: Judge): boolean {
  return comesOf(output, judge, 'whole')
}

/** What stands under keys of a document is in the output, as the text of an object perhaps. */
function isSpelled(output: Output | undefined, judge: Judge): boolean {
  return comesOf(output, judge, 'inside')
}

function comesOf(output: Output | undefined, judge: Judge, what: 'whole' | 'inside'): boolean {
  if (output === undefined || output.how === 'counted') return false
  return output.sources.some(({ resource, field }) => {
    const [name, inside] = field.split(':', 2)
    const column = judge.named(resource)?.columns.find((each) => each.name === name)
    return column !== undefined && found(column.type, inside?.split('.') ?? [], judge, 0) === what
  })
}

/** What a path through attributes and keys comes to: a document, what stands in one, or neither. */
function found(
  oid: number,
  path: readonly string[],
  judge: Judge,
  depth: number,
): 'whole' | 'inside' | undefined {
  if (isDocument(cellTypeOf(oid, judge.type))) return path.length === 0 ? 'whole' : 'inside'
  if (depth > DEEPEST) return undefined
  const attributes = attributesOf(oid, { typeByOid: judge.type, relationByOid: judge.relation })
  const [next, ...rest] = path
  const meant = attributes.filter(({ name }) => name === next)
  // Of a composite as a whole, or of an attribute that is not known, any may be shown.
  const shown = meant.length > 0 ? meant : attributes
  return shown
    .map(({ type }) => found(type, meant.length > 0 ? rest : [], judge, depth + 1))
    .find((each) => each !== undefined)
}

/** Composites within composites, domains and arrays among them. */
const DEEPEST = 8

function judgeOf(column: DocumentColumn, { document, key, named, database }: Judge) {
  return judgeKeys({
    ...column,
    document,
    key,
    relationPath: (resource) => {
      const relation = named(resource)
      return relation && [database, relation.schema, relation.name]
    },
  })
}
