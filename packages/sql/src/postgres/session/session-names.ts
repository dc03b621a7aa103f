/** How a session's own definitions come and go; pure, and the same for the reader of a text and for the session (R2). */
import {
  FIRST_SESSION_OID,
  grown,
  type SessionRelation,
  type StoredValues,
  TEMPORARY,
} from './session-relation.js'

/** What a session's own names mean; part of a reading's context (R5). */
export interface SessionNames {
  /** Names (relation or routine, unqualified; `*` for all) that mean something that nobody can tell: opaque. */
  readonly overlay: readonly string[]
  /** Those of overlay that may be temporary; left out: any of them may be. */
  readonly temporary?: readonly string[]
  /** Relations that the session defined, changed or dropped, as far as its statements' trees tell. */
  readonly definitions?: readonly SessionRelation[]
}

/** DDL: `names` mean something that is not told; `relations` mean this now. */
export interface Defining {
  readonly names: readonly string[]
  readonly temporary: boolean
  readonly relations?: readonly SessionRelation[]
}

/** Values came into columns of a relation of the session. */
export interface Growing {
  readonly relation: number
  readonly columns: readonly (StoredValues & {
    readonly number: number
    readonly classes: readonly string[]
  })[]
}

/** A session may have so many; what it defines beyond them is opaque (R30). */
const MOST_DEFINITIONS = 300

const isTemporary = ({ schema }: SessionRelation) => schema === TEMPORARY
/** A dropped temporary relation leaves nothing behind. */
const matters = (each: SessionRelation) => each.gone !== true || each.oid < FIRST_SESSION_OID

export function withDefined(names: SessionNames, effect: Defining): SessionNames {
  const all = effect.names.includes('*')
  const lost = new Set(effect.names)
  const before = names.definitions ?? []
  const kept = before.filter((each) => !all && !lost.has(each.name))
  // What is not known any more of what was temporary stays opaque for as long as the session may have it.
  const doubted = before
    .filter((each) => isTemporary(each) && !kept.includes(each))
    .flatMap(({ name, parentNames = [] }) => [name, ...parentNames])
  const byOid = new Map(kept.map((each) => [each.oid, each]))
  const crowded: SessionRelation[] = []
  for (const relation of effect.relations ?? []) {
    if (byOid.size >= MOST_DEFINITIONS && !byOid.has(relation.oid)) crowded.push(relation)
    else byOid.set(relation.oid, relation)
  }
  const opaque = [...effect.names, ...doubted, ...crowded.map(({ name }) => name)]
  const temporary = [
    ...(effect.temporary ? effect.names : []),
    ...doubted,
    ...crowded.filter(isTemporary).map(({ name }) => name),
  ]
  return make(
    names,
    opaque.length === 0 ? names.overlay : unique([...names.overlay, ...opaque]),
    temporary.length === 0 && names.temporary !== undefined
      ? names.temporary
      : unique([...temporaryOf(names), ...temporary]),
    [...byOid.values()].filter(matters),
  )
}

export function withGrown(names: SessionNames, effect: Growing): SessionNames {
  const definitions = (names.definitions ?? []).map((each) => {
    if (each.oid !== effect.relation) return each
    const columns = each.columns.map((column) => {
      const more = effect.columns.find(({ number }) => number === column.number)
      return more === undefined ? column : grown(column, more)
    })
    return { ...each, columns }
  })
  return make(names, names.overlay, names.temporary, definitions)
}

/** Code ran that may have done anything: no definition is certain any more. */
export function inDoubt(names: SessionNames): SessionNames {
  const definitions = names.definitions ?? []
  if (definitions.length === 0) return names
  return withDefined(names, { names: definitions.map(({ name }) => name), temporary: false })
}

/** A transaction is committed. */
export function atCommit(names: SessionNames): SessionNames {
  const ending = names.definitions?.filter(({ dropped }) => dropped === 'at-commit') ?? []
  if (ending.length === 0) return names
  const gone = withDependents(ending, names.definitions ?? [])
  const kept = (names.definitions ?? []).filter((each) => !gone.has(each.oid))
  return make(names, names.overlay, names.temporary, kept)
}

/** DISCARD TEMP. What is opaque may be something lasting as well: it stays so until the catalog was read again. */
export function withoutTemporary(names: SessionNames): SessionNames {
  const kept = (names.definitions ?? []).filter((each) => !isTemporary(each))
  return make(names, names.overlay, [], kept)
}

/** The catalog holds now what was lasting. `lasting` gives the OID that a relation has there. */
export function onlyTemporary(
  names: SessionNames,
  lasting: (schema: string, name: string) => number | undefined,
): SessionNames {
  const definitions = names.definitions ?? []
  const moved = new Map<number, number | undefined>()
  for (const each of definitions) if (!isTemporary(each)) moved.set(each.oid, lasting(each.schema, each.name))
  const kept = definitions.filter(isTemporary).map((each) => ({
    ...each,
    parents: each.parents.map((oid) => moved.get(oid) ?? oid),
  }))
  return make(names, temporaryOf(names), names.temporary, kept)
}

/** These, and what would be dropped with them: views over them, children, sequences. */
export function withDependents(
  relations: readonly SessionRelation[],
  among: readonly SessionRelation[],
): ReadonlySet<number> {
  const found = new Set(relations.map(({ oid }) => oid))
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const each of among)
      if (
        each.parents.some((oid) => found.has(oid)) ||
        each.bases?.some(({ oid }) => found.has(oid)) ||
        (each.belongsTo !== undefined && found.has(each.belongsTo))
      )
        found.add(each.oid)
  }
  return found
}

/** OID for the next relation of a session. */
export function nextOid(definitions: readonly SessionRelation[]): number {
  return definitions.reduce((last, { oid }) => Math.max(last, oid), FIRST_SESSION_OID - 1) + 1
}

/** Equal sets of names are one object's worth of context: what did not change is handed on. */
export function sameNames(one: SessionNames, other: SessionNames): boolean {
  return (
    one.overlay === other.overlay &&
    one.temporary === other.temporary &&
    one.definitions === other.definitions
  )
}

function temporaryOf(names: SessionNames): readonly string[] {
  return names.temporary ?? names.overlay
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}

function make(
  before: SessionNames,
  overlay: readonly string[],
  temporary: readonly string[] | undefined,
  definitions: readonly SessionRelation[],
): SessionNames {
  const none = definitions.length === 0
  return {
    overlay: overlay.length === 0 ? (before.overlay.length === 0 ? before.overlay : []) : overlay,
    ...(temporary === undefined ? {} : { temporary }),
    ...(none ? {} : { definitions }),
  }
}
