/** Documents → a policy that sessions can be held against. */
import { GatehouseError } from '../errors.js'
import type { Session } from '../session.js'
import { type CompiledDocument, compileDocument } from './compile-document.js'
import { contentHash } from './content-hash.js'
import type { Document, PolicyDocument } from './document.js'
import { formatFault, type PolicyFault } from './fault.js'
import { bindPolicy, type SessionPolicy } from './session-policy.js'

export interface Policy {
  /** Short hash of the documents; records carry it. */
  readonly revision: string
  readonly documents: readonly CompiledDocument[]
  /** Everything that one session's facts settle is settled once, here. */
  forSession(session: Session): SessionPolicy
}

export interface CompileOptions {
  /** Left out: computed from the documents. */
  readonly revision?: string
}

/** What is wrong with documents together though each is right by itself. */
export function checkDocuments(documents: readonly Document[]): PolicyFault[] {
  const faults: PolicyFault[] = []
  const seen = new Map<string, PolicyDocument>()
  for (const document of documents) {
    if (document.kind !== 'Policy') continue
    const other = seen.get(document.name)
    if (other) {
      const where = `${other.place.file}:${other.place.line}`
      faults.push({ ...document.place, message: `another policy is named \`${document.name}\`: ${where}` })
    }
    seen.set(document.name, document)
  }
  return faults
}

/** Documents other than policies are left alone. Throws GH_POLICY for what `checkDocuments` finds. */
export function compilePolicy(documents: readonly Document[], options: CompileOptions = {}): Policy {
  const fault = checkDocuments(documents)[0]
  if (fault) throw new GatehouseError('GH_POLICY', formatFault(fault))
  const policies = documents.filter((document) => document.kind === 'Policy')
  const compiled = policies.map(compileDocument)
  return {
    revision: options.revision ?? contentHash(documents),
    documents: compiled,
    forSession(session) {
      return bindPolicy(this.revision, compiled, session)
    },
  }
}
