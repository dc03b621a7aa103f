/** What is wrong with a policy file, and where. */

export interface Place {
  readonly file: string
  /** Both count from 1. */
  readonly line: number
  readonly column: number
}

export interface PolicyFault extends Place {
  /** Says what was expected; begins lower case, no full stop. */
  readonly message: string
}

/** `policies/a.yaml:3:5: unknown key …`, as editors and terminals follow it. */
export function formatFault(fault: PolicyFault): string {
  return `${fault.file}:${fault.line}:${fault.column}: ${fault.message}`
}
