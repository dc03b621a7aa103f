/** One fault of a configuration or policy file: where it stands, what was expected. */

export interface Fault {
  readonly file: string
  /** From 1; left out when the fault has no place in the file. */
  readonly line?: number
  readonly column?: number
  /** The key's path, e.g. `listeners[0].limits.idle`. */
  readonly key?: string
  readonly message: string
}

/** `gatehouse.yaml:12:5: listeners[0].listen: expected …`, as editors and terminals link it. */
export function faultLine(fault: Fault): string {
  const place = [fault.file, fault.line, fault.line === undefined ? undefined : fault.column]
  const said = [place.filter((part) => part !== undefined).join(':'), fault.key, fault.message]
  return said.filter((part) => part !== undefined && part !== '').join(': ')
}

/** A key's path as people write it. */
export function keyPath(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? String(part) : `.${String(part)}`
  }
  return text
}
