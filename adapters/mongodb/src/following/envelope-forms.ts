/** What stands beside documents in a reply, in the forms that a server gives it: nothing that somebody stored fits into them (mongodb.md §6). */
import { elements, TYPE, type Value } from '../bson/index.js'

type Form = (value: Value) => boolean

const isDocument: Form = ({ type }) => type === TYPE.DOCUMENT
const isArray: Form = ({ type }) => type === TYPE.ARRAY
const isPlain: Form = (value) => !isDocument(value) && !isArray(value)
const holding =
  (...names: readonly string[]): Form =>
  (value) =>
    isDocument(value) && [...elements(value)].every(({ name }) => names.includes(name))
const isListOfStrings: Form = (value) =>
  isArray(value) && [...elements(value)].every((element) => element.value.type === TYPE.STRING)

/** Errors are scrubbed, and a cursor's documents masked, by others. */
const FORMS: ReadonlyMap<string, Form> = new Map([
  ['cursor', isDocument],
  ['writeErrors', isArray],
  ['writeConcernError', isDocument],
  ['errInfo', isDocument],
  ['keyValue', isDocument],
  ['keyPattern', isDocument],
  ['errorLabels', isListOfStrings],
  ['$clusterTime', holding('clusterTime', 'signature')],
  ['recoveryToken', holding('recoveryShardId')],
  ['lastErrorObject', holding('n', 'updatedExisting', 'upserted')],
  ['stats', holding('n', 'nscanned', 'nscannedObjects', 'timems', 'planSummary')],
  ['postBatchResumeToken', holding('_data', '_typeBits')],
])

/** Whether a field that is no place of documents has its own form. */
export function hasForm(name: string, value: Value): boolean {
  return (FORMS.get(name) ?? isPlain)(value)
}
