/** Columns that hold documents, for viewers whose masks bind classes: keys inside are masked by their names (R6). */
import type { KeyMask, Output } from '@gatehouse/core'
import { judgeKeys } from '@gatehouse/masking'
import type { MysqlColumn } from '@gatehouse/sql'
import {
  type CellMask,
  createCellMask,
  createDocumentCell,
  guessedDocumentCell,
  isDocument,
} from '../masking/index.js'
import type { ColumnDefinition } from '../messages/index.js'
import { type Judge, relationNamed } from './judge.js'

export interface DocumentColumn {
  readonly keys: readonly KeyMask[]
  /** Undefined: nothing is known of where it comes from. */
  readonly output: Output | undefined
  readonly column: ColumnDefinition
  /** More than one stored value may stand behind it. */
  readonly computed: boolean
}

/** Undefined: no document, nothing to mask. */
export function documentColumn(given: DocumentColumn, judge: Judge): CellMask | undefined {
  const { keys, output, column, computed } = given
  if (keys.length === 0) return undefined
  const { judgeKey, byPath } = judgeOf(given, judge)
  const stored = comesOfDocument(output, judge)
  if (
    !stored &&
    !isDocument(column) &&
    isText(column) &&
    (isPart(output) || mayComeOfDocument(output, judge))
  )
    return guessedDocumentCell(column, { judge: judgeKey, byPath, computed }, false)
  if (isDocument(column)) {
    return createDocumentCell(column, { judge: judgeKey, byPath, computed: computed || !stored })
  }
  if (!stored) return undefined
  // MariaDB's JSON is text to the wire, and a copied one is as it was stored.
  if (output?.how === 'copied') return createDocumentCell(column, { judge: judgeKey, byPath, computed })
  return isText(column)
    ? guessedDocumentCell(column, { judge: judgeKey, byPath, computed: true }, true)
    : redacted(column)
}

/** A document in another form: its keys can no longer be told apart. */
function redacted(column: ColumnDefinition): CellMask {
  return createCellMask({
    mask: 'redact',
    column,
    format: 'text',
    classes: [],
    field: '',
    key: undefined,
    computed: true,
  })
}

const BINARY = 63
const isText = ({ charset }: ColumnDefinition) => charset !== BINARY

/** A whole document, not what stands under one key of it, is in the output in some form. */
export function comesOfDocument(output: Output | undefined, judge: Judge): boolean {
  return comesOf(output, judge, ({ type }) => /^json\b/i.test(type))
}

/** What stands under a path of a document: a value, or a document with keys of its own, which MariaDB does not tell apart. */
function isPart(output: Output | undefined): boolean {
  return (
    output !== undefined &&
    output.how !== 'counted' &&
    output.sources.some(({ field }) => field.includes(':'))
  )
}

/** MariaDB stores JSON as LONGTEXT of this collation, and so do others who store other texts. */
function mayComeOfDocument(output: Output | undefined, judge: Judge): boolean {
  return comesOf(
    output,
    judge,
    ({ type, collation }) => /^longtext\b/i.test(type) && collation === 'utf8mb4_bin',
  )
}

function comesOf(output: Output | undefined, judge: Judge, is: (column: MysqlColumn) => boolean): boolean {
  if (output === undefined || output.how === 'counted') return false
  return output.sources.some(({ resource, field }) => {
    const column = relationNamed(resource, judge)?.columns.find(({ name }) => name === field)
    return column !== undefined && is(column)
  })
}

function judgeOf(column: DocumentColumn, judge: Judge) {
  return judgeKeys({
    ...column,
    document: judge.server.document,
    key: judge.key,
    relationPath: (resource) => {
      const relation = relationNamed(resource, judge)
      return relation && [relation.schema, relation.name]
    },
  })
}
