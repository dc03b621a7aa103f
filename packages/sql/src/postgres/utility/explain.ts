/** EXPLAIN: what it shows is a plan; with ANALYZE the statement runs (manual, SQL EXPLAIN). */
import { planned } from '../../reading/actions.js'
import { as, list, optionFlag, type Tree, text } from '../tree.js'
import type { Found, Reading } from './found.js'

const PLAN = [{ name: 'QUERY PLAN', how: 'computed' as const, sources: [] }]

export function readExplain(node: Tree, reading: Reading): Found {
  const runs = list(node.options).some((option) => {
    const element = as(option, 'DefElem')
    // An unreadable flag counts as set: the server would refuse it.
    return text(element?.defname) === 'analyze' && optionFlag(element?.arg) !== false
  })
  const found = reading.statement(node.query)
  const command = runs ? 'EXPLAIN ANALYZE' : 'EXPLAIN'
  const shared = {
    command,
    outputs: PLAN,
    ...(found.refersTo === undefined ? {} : { refersTo: found.refersTo }),
    ...(found.never === undefined ? {} : { never: found.never }),
  }
  if (runs) {
    return {
      ...shared,
      actions: found.actions,
      collects: found.collects ?? false,
      effects: found.effects ?? [],
    }
  }
  return { ...shared, actions: found.actions.map((each) => planned(each)) }
}
