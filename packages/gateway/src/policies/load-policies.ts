/** Packs and folders → one compiled policy and what the adapters must know; or every fault. */
import { resolve } from 'node:path'
import type { Knowledge } from '@gatehouse/adapter-kit'
import {
  checkDocuments,
  compilePolicy,
  type Document,
  isPackName,
  PACK_NAMES,
  type Policy,
  readDocuments,
  readPack,
} from '@gatehouse/core'
import type { Fault } from '../configuration/fault.js'
import { type Files, onDisk } from '../workers/inputs.js'
import { shortName } from './policy-files.js'

export interface LoadedPolicies {
  readonly policy: Policy
  readonly documents: readonly Document[]
  readonly knowledge: Knowledge
}

export type PolicyLoading =
  | { readonly kind: 'policies'; readonly policies: LoadedPolicies }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }

const PACK = 'pack:'

/** `placeOf` says where the nth source is named. Relative paths start at `folder`. */
export function loadPolicies(
  sources: readonly string[],
  folder: string,
  placeOf: (index: number) => Omit<Fault, 'message'>,
  files: Files = onDisk,
): PolicyLoading {
  const documents: Document[] = []
  const faults: Fault[] = []
  for (const [index, source] of sources.entries()) {
    if (source.startsWith(PACK)) {
      const name = source.slice(PACK.length)
      const packs = PACK_NAMES.map((each) => `\`${PACK}${each}\``).join(', ')
      if (isPackName(name)) documents.push(readPack(name))
      else
        faults.push({ ...placeOf(index), message: `there is no pack \`${name}\`: expected one of ${packs}` })
      continue
    }
    const path = resolve(folder, source)
    const found = files.findPolicies(path)
    for (const fault of found.faults)
      faults.push(
        fault.file === shortName(path)
          ? { ...placeOf(index), message: `\`${source}\` ${fault.message}` }
          : fault,
      )
    if (found.files.length === 0 && found.faults.length === 0)
      faults.push({ ...placeOf(index), message: `\`${source}\` holds no policy file (*.yaml)` })
    for (const file of found.files) {
      const reading = readDocuments(file)
      faults.push(...reading.faults)
      documents.push(...reading.documents)
      for (const document of reading.documents)
        if (document.kind === 'PolicyTest')
          faults.push({ ...document.place, message: 'policy tests stand in files named `*.test.yaml`' })
    }
  }
  faults.push(...checkDocuments(documents))
  if (faults.length > 0) return { kind: 'faults', faults }
  return {
    kind: 'policies',
    policies: { policy: compilePolicy(documents), documents, knowledge: knowledgeOf(documents) },
  }
}

export function knowledgeOf(documents: readonly Document[]): Knowledge {
  const classes = documents.flatMap((document) =>
    document.kind === 'Classes'
      ? [{ fields: Object.fromEntries(document.fields.map(({ pattern, classes }) => [pattern, classes])) }]
      : [],
  )
  const functions = documents.flatMap((document) =>
    document.kind === 'Functions'
      ? document.functions.map(({ name, body, verbs, clean }) => ({ name, body, verbs, clean }))
      : [],
  )
  return { classes, functions }
}
