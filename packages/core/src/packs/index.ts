/** The packs that come with Gatehouse, by name. */
import { GatehouseError } from '../errors.js'
import type { PolicyDocument } from '../policy/document.js'
import { formatFault } from '../policy/fault.js'
import { readDocuments } from '../policy/read-documents.js'
import { agents } from './agents.js'
import { guardrails } from './guardrails.js'
import { masking } from './masking.js'
import { observe } from './observe.js'
import { tools } from './tools.js'

const PACKS = { tools, guardrails, masking, agents, observe } as const

export type PackName = keyof typeof PACKS

export const PACK_NAMES: readonly PackName[] = ['tools', 'guardrails', 'masking', 'agents', 'observe']

/** Takes the name without `pack:`. */
export function isPackName(name: string): name is PackName {
  return Object.hasOwn(PACKS, name)
}

export function readPack(name: PackName): PolicyDocument {
  const { documents, faults } = readDocuments({ file: `pack:${name}`, text: PACKS[name] }, { pack: true })
  const document = documents[0]
  if (document?.kind === 'Policy') return document
  const fault = faults[0]
  throw new GatehouseError('GH_INVARIANT', fault ? formatFault(fault) : `pack:${name} holds no policy`)
}
