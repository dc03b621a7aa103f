/** What a statement would have shown is kept instead: its outputs flow (R19). */
import type { Action } from '@gatehouse/core'

export function flowing(action: Action): Action {
  if (action.fields === 'unknown') return action
  const fields = action.fields.map((field) => ({
    ...field,
    uses: field.uses.map((use) => (use === 'output' ? ('flow' as const) : use)),
  }))
  return { ...action, fields }
}
