/** Walking a raw parse tree without trusting its shape: what is missing or odd is undefined, never a guess. */

/** A node's members as the grammar's JSON gives them: zero values are left out, enums are names. */
export type Tree = { readonly [member: string]: unknown }

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function tree(value: unknown): Tree | undefined {
  return isTree(value) ? value : undefined
}

/** A wrapped node `{SelectStmt: {…}}` taken apart; undefined for anything else. */
export function unwrap(value: unknown): { type: string; node: Tree } | undefined {
  if (!isTree(value)) return undefined
  const [type, ...others] = Object.keys(value)
  if (type === undefined || others.length > 0) return undefined
  const node = value[type]
  return isTree(node) ? { type, node } : undefined
}

/** The members of the wrapped node if it is of this type. */
export function as(value: unknown, type: string): Tree | undefined {
  return isTree(value) ? tree(value[type]) : undefined
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The members of every node of this type in a list; others are left out. */
export function nodes(value: unknown, type: string): readonly Tree[] {
  return list(value).flatMap((item) => {
    const found = as(item, type)
    return found ? [found] : []
  })
}

/** A String node's value. */
export function word(value: unknown): string | undefined {
  return text(as(value, 'String')?.sval)
}

/** A list of String nodes, e.g. a qualified name; undefined when something else is among them. */
export function words(value: unknown): readonly string[] | undefined {
  const found: string[] = []
  for (const item of list(value)) {
    const name = word(item)
    if (name === undefined) return undefined
    found.push(name)
  }
  return found
}

/**
 * A constant as the text that a setting would get; undefined when it is no constant. A cast makes another text of it
 * (`'ab'::varchar(1)`).
 */
export function constant(value: unknown): string | undefined {
  const node = as(value, 'A_Const')
  if (!node || node.isnull === true) return undefined
  const string = tree(node.sval)
  if (string) return text(string.sval) ?? ''
  const float = tree(node.fval)
  if (float) return text(float.fval)
  const integer = tree(node.ival)
  if (integer) return String(integer.ival ?? 0)
  const boolean = tree(node.boolval)
  if (boolean) return boolean.boolval === true ? 'true' : 'false'
  return undefined
}

/** An option's value as text: `on` stands for an option without one. */
export function optionText(value: unknown): string | undefined {
  if (value === undefined) return 'on'
  const node = unwrap(value)
  if (!node) return undefined
  if (node.type === 'String') return text(node.node.sval) ?? ''
  if (node.type === 'Integer') return String(node.node.ival ?? 0)
  if (node.type === 'Float') return text(node.node.fval)
  if (node.type === 'Boolean') return node.node.boolval === true ? 'true' : 'false'
  if (node.type === 'TypeName') return words(node.node.names)?.at(-1)
  return constant(value)
}

/** The server's reading of a Boolean option (defGetBoolean); undefined when it would refuse it. */
export function optionFlag(value: unknown): boolean | undefined {
  const given = optionText(value)?.toLowerCase()
  if (given === 'on' || given === 'true' || given === '1') return true
  if (given === 'off' || given === 'false' || given === '0') return false
  return undefined
}

/** Calls `visit` for every wrapped node at any depth, outermost first. */
export function walk(value: unknown, visit: (type: string, node: Tree) => void): void {
  const open: unknown[] = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (Array.isArray(next)) {
      for (let at = next.length - 1; at >= 0; at--) open.push(next[at])
    } else if (isTree(next)) {
      for (const member in next) {
        const inner = next[member]
        if (typeof inner !== 'object' || inner === null) continue
        const initial = member.charCodeAt(0)
        if (initial > 64 && initial < 91 && !Array.isArray(inner)) visit(member, inner as Tree)
        open.push(inner)
      }
    }
  }
}
