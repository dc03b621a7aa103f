/** What a client says of itself in its first hello: claimed, bounded, and never a reason to decide anything (mongodb.md §2, R10). */
import { elements, readString, type Value } from '../bson/value.js'
import type { Failure } from '../refusing.js'

export interface ClientMetadata {
  /** The document's bytes, as it came. */
  readonly document: Uint8Array
  readonly application: string | undefined
  /** `nodejs|mongosh`. */
  readonly driver: string
}

const LARGEST = 512
const LONGEST_APPLICATION = 128
const STRING = 2
const DOCUMENT = 3

/** A server's own words for what it does not take (error_codes.yml 183–186). */
export function readClientMetadata(client: Value): ClientMetadata | Failure {
  if (client.type !== DOCUMENT)
    return failure(14, 'TypeMismatch', "The client metadata document must be a document in 'client'")
  if (client.end - client.start > LARGEST)
    return failure(
      185,
      'ClientMetadataDocumentTooLarge',
      `The client metadata document must be less then or equal to ${LARGEST} bytes`,
    )
  const parts = fieldsOf(client)
  const driver = parts.get('driver')
  const os = parts.get('os')
  if (driver === undefined) return missing('driver')
  if (os === undefined) return missing('os')
  const { name, version } = textsOf(driver)
  if (name === undefined) return missing('driver.name')
  if (version === undefined) return missing('driver.version')
  if (textsOf(os).type === undefined) return missing('os.type')
  const application = parts.get('application')
  const called = application === undefined ? undefined : textsOf(application).name
  if (called !== undefined && Buffer.byteLength(called) > LONGEST_APPLICATION)
    return failure(
      184,
      'ClientMetadataAppNameTooLarge',
      `The 'client.application.name' field must be less then or equal to ${LONGEST_APPLICATION} bytes`,
    )
  return {
    document: Uint8Array.from(client.source.subarray(client.start, client.end)),
    application: called === '' ? undefined : called,
    driver: `${name} ${version}`,
  }
}

function fieldsOf(document: Value): ReadonlyMap<string, Value> {
  const fields = new Map<string, Value>()
  for (const { name, value } of elements(document)) fields.set(name, value)
  return fields
}

function textsOf(document: Value): { readonly [name: string]: string | undefined } {
  const texts: { [name: string]: string | undefined } = Object.create(null)
  if (document.type !== DOCUMENT) return texts
  for (const { name, value } of elements(document)) if (value.type === STRING) texts[name] = readString(value)
  return texts
}

const failure = (code: number, codeName: string, errmsg: string): Failure => ({ code, codeName, errmsg })

const missing = (what: string): Failure =>
  failure(
    183,
    'ClientMetadataMissingField',
    `Missing required field '${what}' in the client metadata document`,
  )
