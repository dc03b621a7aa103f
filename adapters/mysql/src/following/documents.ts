/** Columns that hold documents, for viewers whose masks bind classes: keys inside are masked by their names (R6). */
import { type KeyMask, keyMaskFor, type Output } from '@gatehouse/core'
import { classifyPath, type JudgeKey, type MaskKey } from '@gatehouse/masking'
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
  if (!stored && !isDocument(column) && isText(column) && mayComeOfDocument(output, judge))
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

const NO_PLACE: readonly string[] = []

function judgeOf(
  { keys, output, computed }: DocumentColumn,
  judge: Judge,
): { readonly judgeKey: JudgeKey; readonly byPath: boolean } {
  const { document } = judge.server
  const sources = (output?.sources ?? []).map(({ resource, field }) => {
    const relation = relationNamed(resource, judge)
    const [column = field, inside] = field.split(':', 2)
    return {
      field: relation && [relation.schema, relation.name, column],
      inside: inside === undefined ? NO_PLACE : inside.split('.'),
      name: `${resource}.${field}`,
    }
  })
  const judgeKey: JudgeKey = (path) => {
    const classes =
      sources.length === 0
        ? classifyPath(undefined, undefined, path)
        : sources.flatMap(({ field, inside }) => classifyPath(document, field, [...inside, ...path]))
    const mask = keyMaskFor(keys, classes)
    if (mask === undefined) return undefined
    return { with: kindOf(mask, computed), classes, key: fieldKey(mask, judge.key, sources[0]?.name, path) }
  }
  return { judgeKey, byPath: document?.patterns.some(({ inside }) => inside.length > 0) ?? false }
}

/** Of a value that was put together nothing may depend on the value (R18). */
function kindOf(mask: KeyMask, computed: boolean): KeyMask['with'] {
  return computed && mask.with !== 'null' ? 'redact' : mask.with
}

function fieldKey(
  mask: KeyMask,
  key: MaskKey | undefined,
  place: string | undefined,
  path: readonly string[],
) {
  const keyed = mask.with === 'hash' || mask.with === 'pseudonym'
  return keyed && place !== undefined ? key?.forField(`${place}:${path.join('.')}`) : undefined
}
