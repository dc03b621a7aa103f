/** Records alike but for an id and some numbers: by their form they are written as a template of it, patched. */
import { token } from '../ocsf/token.js'
import { bodySize } from './frame.js'
import { type Body, isReferred, type Piece, sizeOf } from './piece.js'
import { createTemplate, type FormPart, type Template } from './template.js'

/** In a form: the id. Other numbers there are places in a record's values. */
export const ID = -1

/** Characters that a whole number may take. */
const NUMBER = 17
/** Kept of each form, as numbers come and go between 9 and 10. */
const TEMPLATES = 2

export class Form {
  /** What a segment must define for it. */
  readonly pieces: readonly Piece[]
  /** How often the id stands there, and characters of all else at most. */
  readonly ids: number
  readonly most: number
  /** The last segment that defines all pieces, and the last batch that refers to them; the batch keeps both. */
  segment = -1
  batch = -1
  private readonly templates: Template[] = []
  private next = 0

  constructor(readonly parts: readonly FormPart[]) {
    const pieces: Piece[] = []
    let ids = 0
    let most = 0
    for (const part of parts) {
      if (part === ID) ids += 1
      else most += typeof part === 'number' ? NUMBER : sizeOf(part)
      if (typeof part === 'object' && isReferred(part)) pieces.push(part)
    }
    this.pieces = pieces
    this.ids = ids
    this.most = most
  }

  /** The whole frame, with references to all pieces; a view that the next call may overwrite. Undefined: part by part, then. */
  frame(id: string, values: readonly number[]): Uint8Array | undefined {
    const { templates } = this
    for (let index = 0; index < templates.length; index += 1) {
      const template = templates[index] as Template
      if (template.fits(id, values)) return template.patched(id, values)
    }
    const made = createTemplate(this.parts, id, values)
    if (made === undefined) return undefined
    templates[this.next] = made
    this.next = (this.next + 1) % TEMPLATES
    return made.patched(id, values)
  }
}

/** One record by its form. */
export class Filled {
  constructor(
    readonly form: Form,
    readonly id: string,
    /** Whole numbers. */
    readonly values: readonly number[],
  ) {}
}

/** What the spool takes. */
export type Entry = Body | Filled

export function partsOf(entry: Entry): Body {
  if (!(entry instanceof Filled)) return entry
  const { form, values } = entry
  const id = token(entry.id)
  return form.parts.map((part) => {
    if (typeof part !== 'number') return part
    return part === ID ? id : (values[part] as number)
  })
}

/** Bytes that it takes at most, while it refers to nothing. */
export function mostOf(entry: Entry): number {
  if (entry instanceof Filled) return entry.form.most + entry.form.ids * entry.id.length
  return bodySize(entry)
}
