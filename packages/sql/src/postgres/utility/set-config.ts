/** What a query's own calls of set_config change of the session (manual, 9.28.1). */
import type { Effect } from '../plan.js'
import { as, constant, list, type Tree, text, walk, words } from '../tree.js'
import { splitSearchPath, TRACKED } from './settings.js'

export interface SetConfigs {
  readonly effects: readonly Effect[]
  /** Setting to value, for those whose value the text shows; the tracked ones only when the call certainly happens. */
  readonly values: ReadonlyMap<string, string>
}

interface Call {
  readonly name: string
  readonly value: string
  readonly local: boolean
}

function callOf(node: Tree): Call | undefined {
  if (words(node.funcname)?.at(-1) !== 'set_config') return undefined
  const [name, value, local] = list(node.args).map((argument) => constant(argument))
  if (name === undefined || value === undefined || local === undefined) return undefined
  return { name: name.toLowerCase(), value, local: local.toLowerCase().startsWith('t') }
}

export function readSetConfigs(statement: unknown): SetConfigs {
  const calls: (Call | undefined)[] = []
  walk(statement, (type, node) => {
    if (type === 'FuncCall' && words(node.funcname)?.at(-1) === 'set_config') calls.push(callOf(node))
  })
  if (calls.length === 0) return { effects: [], values: new Map() }
  const values = new Map<string, string>()
  for (const call of calls) {
    if (call && calls.every((other) => other === call || other?.name !== call.name))
      values.set(call.name, call.value)
  }
  for (const name of TRACKED) values.delete(name)
  const effects = certain(statement, calls.length)
  for (const effect of effects) {
    if (effect.kind === 'set' && TRACKED.has(effect.name))
      values.set(effect.name, (effect.value ?? []).join(','))
  }
  return { effects, values }
}

/** The effects of `SELECT set_config(…), …` and nothing else: no row source, so each call happens once. */
function certain(statement: unknown, calls: number): Effect[] {
  const select = as(statement, 'SelectStmt')
  if (!select) return []
  const allowed = new Set(['targetList', 'limitOption', 'op'])
  if (Object.keys(select).some((member) => !allowed.has(member))) return []
  const effects: Effect[] = []
  for (const target of list(select.targetList)) {
    const node = as(as(target, 'ResTarget')?.val, 'FuncCall')
    const call = node && callOf(node)
    if (!call) continue
    const value = call.name === 'search_path' ? splitSearchPath(call.value) : [call.value]
    if (value) effects.push({ kind: 'set', name: call.name, value, local: call.local })
  }
  return effects.length === calls && text(select.op) === 'SETOP_NONE' ? effects : []
}
