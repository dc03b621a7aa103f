/** What one statement fixes in its records, written once per plan. Actions and fields are never cut (R26). */
import { createHash } from 'node:crypto'
import type { Action, Statement } from '@gatehouse/core'
import { resourceName } from '@gatehouse/core'
import { ACTIVITY, activityOf } from './activity.js'
import { clip, flat, jsonText, quote, quoteAll } from './json-text.js'

export interface StatementPart {
  /** Begins `metadata`, with what was cut from the text, up to the record's id. */
  readonly metadata: string
  /** In the message. */
  readonly summary: string
  /** Ends `query_info` behind its id; class and activity; the vendor object begins, up to the bytes of the text. */
  readonly middle: string
  /** Behind them, to the end of the actions. */
  readonly rest: string
  /** Some field carries a class of sensitive data. */
  readonly sensitive: boolean
}

/** Names and numbers the form of our own part of a record. */
export const SCHEMA = 'gatehouse.audit/1.0'
/** UTF-8 bytes of `query_string`. */
export const TEXT_LIMIT = 16 * 1024

function fitting(text: string): string {
  if (text.length * 3 <= TEXT_LIMIT || Buffer.byteLength(text) <= TEXT_LIMIT) return text
  let low = Math.floor(TEXT_LIMIT / 3)
  let high = Math.min(text.length, TEXT_LIMIT)
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (Buffer.byteLength(clip(text, middle)) <= TEXT_LIMIT) low = middle
    else high = middle - 1
  }
  return clip(text, low)
}

function fieldsOf(action: Action): string {
  if (action.fields === 'unknown') return '"unknown"'
  const fields = action.fields.map(
    (field) =>
      `{"name":${quote(field.name)},"uses":${quoteAll(field.uses)},"classes":${quoteAll(field.classes)}}`,
  )
  return `[${fields.join(',')}]`
}

/** Said only where a name holds a dot, so that the joined name could be read otherwise. */
function pathOf(path: readonly string[]): string {
  return path.some((name) => name.includes('.')) ? `,"path":${quoteAll(path)}` : ''
}

function actionOf(action: Action): string {
  return (
    `{"verb":"${action.verb}","kind":"${action.resource.kind}","resource":${quote(resourceName(action.resource))}` +
    `${pathOf(action.resource.path)},"fields":${fieldsOf(action)},"unfiltered":${action.unfiltered}` +
    `,"certainty":"${action.certainty}","command":${quote(action.command)}` +
    (action.functions.length === 0 ? '' : `,"functions":${quoteAll(action.functions)}`) +
    (action.derived ? ',"derived":true' : '') +
    (action.why === undefined ? '' : `,"why":${quote(action.why)}`) +
    '}'
  )
}

function classesOf(statement: Statement): string[] {
  const classes = new Set<string>()
  for (const { fields } of statement.actions) {
    if (fields === 'unknown') continue
    for (const field of fields) for (const name of field.classes) classes.add(name)
  }
  return [...classes].sort()
}

export function statementPart(statement: Statement): StatementPart {
  const activity = activityOf(statement)
  const shown = fitting(statement.text)
  const length = Buffer.byteLength(statement.text)
  const classes = classesOf(statement)
  const first = statement.actions.find(({ derived, resource }) => !derived && resource.kind === 'relation')
  const named = statement.actions.find(({ derived }) => !derived)
  const fingerprint = createHash('sha256')
    .update(statement.identity ?? statement.text)
    .digest('hex')
    .slice(0, 32)
  return {
    metadata:
      shown.length === statement.text.length
        ? ',"metadata":{"uid":"'
        : `,"metadata":{"is_truncated":true,"untruncated_size":${Math.ceil(length / 1024)},"uid":"`,
    summary: flat(
      `${jsonText(clip(named === undefined ? statement.command : `${statement.command} ${resourceName(named.resource)}`, 256))}: `,
    ),
    middle: flat(
      `","query_string":${quote(shown)}},"class_uid":6005,"category_uid":6,"activity_id":${activity}` +
        (activity === ACTIVITY.other
          ? `,"activity_name":${quote(clip(statement.command, 64) || 'Other')}`
          : '') +
        `,"type_uid":${6005 * 100 + activity}` +
        (first === undefined ? '' : `,"table":{"name":${quote(resourceName(first.resource))}}`) +
        `,"unmapped":{"gatehouse":{"schema":"${SCHEMA}"` +
        `,"statement":{"command":${quote(statement.command)},"bytes":`,
    ),
    rest: flat(
      `,"length":${length},"literals":"redacted"` +
        `,"fingerprint":"${fingerprint}","classes":${quoteAll(classes)}}` +
        `,"actions":[${statement.actions.map(actionOf).join(',')}]`,
    ),
    sensitive: classes.length > 0,
  }
}
