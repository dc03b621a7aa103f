/** A statement as the tests' tables write it. */
import type { MysqlEffect, MysqlStatement } from '../plan.js'

const CERTAINTY = { exact: '', 'at-most': '<', opaque: '?' } as const

/** `~` derived, `<` at most, `?` opaque; sorted, each once. */
export function briefActions(statement: MysqlStatement): readonly string[] {
  const shown = statement.actions.map(
    ({ verb, resource, derived, certainty }) =>
      `${derived ? '~' : ''}${verb}${CERTAINTY[certainty]} ${resource.path.join('.')}`,
  )
  return [...new Set(shown)].sort()
}

/** What the session becomes, and `never` for what no rule can permit. */
export function briefEffects(statement: MysqlStatement): readonly string[] {
  return [...statement.effects.map(briefEffect), ...(statement.never === undefined ? [] : ['never'])]
}

function briefEffect(effect: MysqlEffect): string {
  switch (effect.kind) {
    case 'use':
      return `use ${effect.database ?? '?'}`
    case 'set':
      return `${effect.name}=${effect.value ?? '?'}`
    case 'prepare':
      return `prepare ${effect.name}: ${briefActions(effect.statement).join(', ')}`
    case 'deallocate':
      return `deallocate ${effect.name}`
    case 'transaction':
      return effect.what
    case 'define':
      return `${effect.temporary ? 'temporary' : 'define'} ${effect.names.join(' ')}`
    case 'variables':
      return `@ ${effect.names.join(' ')}`
  }
}
