/** EXPLAIN: what it shows is a plan; with ANALYZE the statement runs (manual, SQL EXPLAIN). */
import type { Output, Source } from '@gatehouse/core'
import { planned } from '../../reading/actions.js'
import { as, list, optionFlag, type Tree, text } from '../tree.js'
import type { Found, Reading } from './found.js'

/** Widths, numbers of rows and memory tell of every field that the plan carries (R20). */
function planOf({ actions, refersTo }: Found, logs: boolean): Output {
  const sources: Source[] = []
  let unknown = logs || refersTo !== undefined
  for (const { resource, fields } of actions) {
    if (fields === 'unknown') unknown = true
    else
      for (const { name, uses, classes } of fields)
        if (uses.some((use) => use !== 'definition'))
          sources.push({ resource: resource.path.join('.'), field: name, classes })
  }
  const plan = { name: 'QUERY PLAN', how: 'computed' as const, sources }
  return unknown ? { ...plan, unprovable: 'which fields the plan carries is not known' } : plan
}

export function readExplain(node: Tree, reading: Reading): Found {
  const isSet = (name: string) =>
    list(node.options).some((option) => {
      const element = as(option, 'DefElem')
      // An unreadable flag counts as set: the server would refuse it.
      return text(element?.defname) === name && optionFlag(element?.arg) !== false
    })
  const runs = isSet('analyze')
  const found = reading.statement(node.query)
  // The log of a change holds the whole row.
  const logs = isSet('wal') && found.actions.some(({ verb }) => verb !== 'read')
  const command = runs ? 'EXPLAIN ANALYZE' : 'EXPLAIN'
  const shared = {
    command,
    outputs: [planOf(found, logs)],
    ...(found.refersTo === undefined ? {} : { refersTo: found.refersTo }),
    ...(found.never === undefined ? {} : { never: found.never }),
  }
  if (runs) {
    return {
      ...shared,
      actions: found.actions,
      collects: found.collects ?? false,
      effects: found.effects ?? [],
      uncounted: 'EXPLAIN ANALYZE does not say how many rows it changes',
    }
  }
  // Arguments of EXECUTE are worked out for its plan (prepare.c, ExplainExecuteQuery).
  if (found.refersTo !== undefined)
    return { ...shared, actions: found.actions, uncounted: 'EXPLAIN does not say how many rows it changes' }
  return { ...shared, actions: found.actions.map((each) => planned(each)) }
}
