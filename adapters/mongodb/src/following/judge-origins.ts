/** Names that a plan does not list, judged when a reply has them: by what the gate would say of that field (decision 8). */
import type { Action, Mask, Source, Statement } from '@gatehouse/core'
import { withUmbrellas } from '@gatehouse/masking'
import { type Catalog, fieldName } from '../catalog/catalog.js'
import { nameClasses } from '../catalog/name-classes.js'
import { compileMask, cutMask, type MaskNode } from '../masking/index.js'
import type { Origin } from '../reading/read-command.js'
import type { ConversationParts } from '../session/parts.js'

/** Names can be data: with more of them, what is not judged yet is not shown. */
const MOST = 4096
/** Letters of a name with all that it stands under: who has more has data for names. */
const LONGEST = 512
/** Nobody's data: a name that is an index of an array within a dotted path. */
const INDEX = /^(0|[1-9]\d*)$/

export type Unknown = NonNullable<MaskNode['unknown']>

export function judgeOrigins(origins: readonly Origin[], dotted: boolean, parts: ConversationParts): Unknown {
  const judged = new Map<string, MaskNode | undefined>()
  let by: Catalog | undefined
  return (names) => {
    const catalog = parts.house.server.catalog()
    if (catalog !== by) judged.clear()
    by = catalog
    const path = dotted ? names.flatMap(split) : names
    const key = names.join('\0')
    if (judged.has(key)) return judged.get(key)
    if (judged.size >= MOST || key.length > LONGEST) return HIDDEN
    const last = names.at(-1) ?? ''
    const node = judge(origins, { path, texts: dotted ? endsOf(last) : [last] }, parts)
    judged.set(key, node)
    return node
  }
}

const HIDDEN: MaskNode = { mask: cutMask }

interface Spelled {
  readonly path: readonly string[]
  /** What may be data of it. */
  readonly texts: readonly string[]
}

/** A dotted path may end in a name that has dots itself: an e-mail address. */
function endsOf(path: string): readonly string[] {
  const steps = path.split('.', MOST_STEPS)
  return steps.map((_, at) => steps.slice(at).join('.'))
}

const MOST_STEPS = 128

/** `updatedFields` names places by dotted paths (change events). */
const split = (name: string): readonly string[] => name.split('.').filter((part) => !INDEX.test(part))

/** One object for each place, so that what the gate has decided of it is remembered (R5). */
const asked = new WeakMap<Catalog, Map<string, Statement>>()
const MOST_ASKED = 20_000

function statementOf(origins: readonly Origin[], spelled: Spelled, catalog: Catalog): Statement {
  const known = asked.get(catalog) ?? new Map<string, Statement>()
  asked.set(catalog, known)
  const key = JSON.stringify([origins, spelled])
  const found = known.get(key)
  if (found !== undefined) return found
  if (known.size >= MOST_ASKED) known.clear()
  const statement = asStatement(origins, spelled, catalog)
  known.set(key, statement)
  return statement
}

/** Stored names may have dots in them: such a name is judged as the path that it could be, too. */
function asStatement(origins: readonly Origin[], { path, texts }: Spelled, catalog: Catalog): Statement {
  const sources = origins.flatMap(({ resource, path: before }) => {
    const [database = '', collection = ''] = resource
    const whole = [...before, ...path]
    const places = whole.some((name) => name.includes('.'))
      ? [whole, whole.flatMap((name) => name.split('.'))]
      : [whole]
    return places.map((place) => ({
      resource: resource.join('.'),
      field: fieldName(place),
      classes: [...new Set([...catalog.classesOf([database, collection], place), ...dataIn(texts)])],
    }))
  })
  const computed = origins.length > 1 || origins.some(({ how }) => how !== 'copied')
  return {
    command: 'JUDGE',
    actions: sources.map(actionOf),
    outputs: [{ name: path.join('.'), how: computed ? 'computed' : 'copied', sources }],
    collects: false,
    text: '',
    bytes: 0,
  }
}

/** Restrictions bind it (a `forbid` of a field that nobody had seen yet); to read the document was permitted already. */
function actionOf({ resource, field, classes }: Source): Action {
  const path = resource.split('.')
  const [database = '', ...collection] = path
  return {
    verb: 'read',
    resource: { kind: 'relation', path: [database, collection.join('.')], system: false },
    fields: [{ name: field, uses: ['output'], classes }],
    unfiltered: false,
    certainty: 'exact',
    command: 'JUDGE',
    functions: [],
    derived: true,
  }
}

/** A map has data for its keys: `{"ada@example.org": …}`. */
const dataIn = (texts: readonly string[]) => withUmbrellas(texts.flatMap((text) => nameClasses(text)))

function judge(origins: readonly Origin[], spelled: Spelled, parts: ConversationParts): MaskNode | undefined {
  const statement = statementOf(origins, spelled, parts.house.server.catalog())
  const mask = maskOf(statement, parts)
  if (mask === 'refused') return HIDDEN
  if (mask === undefined) return undefined
  // The name itself is what must not be shown.
  if (dataIn(spelled.texts).length > 0) return HIDDEN
  const [output] = statement.outputs === 'unknown' ? [] : statement.outputs
  const classes = output?.sources.flatMap((source) => source.classes) ?? []
  const computed = output?.how !== 'copied'
  return {
    mask: compileMask({ mask: mask.with, classes, field: mask.field, key: parts.house.maskKey, computed }),
  }
}

/** The gate answers at once, or nothing is shown. */
function maskOf(statement: Statement, { gate }: ConversationParts): Mask | undefined | 'refused' {
  const answer = gate.foresee({ statement }, 0, gate.session.claimed)
  if (answer instanceof Promise || answer.kind !== 'permit') return 'refused'
  const [permit] = answer.permits
  return permit === undefined ? 'refused' : (permit.permission.maskAll ?? permit.permission.masks[0])
}
