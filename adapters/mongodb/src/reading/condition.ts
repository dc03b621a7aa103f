/** Conditions of `$expr`: which of them look a document up, which bound what is found, and which only ask (R16, R17, R21). */
import type { Value } from '../bson/index.js'
import { comparedInside, readExpression } from './pipeline/expressions.js'
import { isCopy, type Lineage } from './pipeline/lineage.js'
import { join, type Scope, sharesRead, use } from './pipeline/scope.js'
import {
  isArray,
  isDocument,
  isExtreme,
  isNull,
  isScalar,
  isString,
  items,
  onlyElement,
  wantString,
} from './values.js'

/** An equality of stored fields of two collections is a join of them, as one without `$expr` cannot be written. */
export function readCondition(value: Value, scope: Scope, conjunct: boolean): boolean {
  const only = isDocument(value) ? onlyElement(value) : undefined
  if (only?.name === '$and' && isArray(only.value)) {
    return [...items(only.value)].map((part) => readCondition(part, scope, conjunct)).includes(true)
  }
  if (only !== undefined && COMPARING.has(only.name) && isArray(only.value)) {
    const said = [...items(only.value)]
    const sides = said.map((side) => readExpression(side, scope))
    const [left, right] = sides
    if (left !== undefined && right !== undefined && sides.length === 2) {
      scope.ledger.functions.add(only.name)
      if (only.name === '$eq' && left.places.length > 0 && right.places.length > 0) {
        join(scope, left, right)
        return !sharesRead(left, right)
      }
      if (conjunct && isLookup(only.name, said, sides)) use(scope, sides.filter(isCopy), 'lookup')
      else use(scope, [...sides, ...comparedInside(sides)], 'filter')
      return only.name === '$eq' && boundsOne(left, right) && !said.some(isEmpty)
    }
  }
  use(scope, [readExpression(value, scope)], 'filter')
  return false
}

const COMPARING: ReadonlySet<string> = new Set(['$eq', '$ne', '$gt', '$gte', '$lt', '$lte'])

/** A field itself and what no document changes. Greater or less do not bound here: of every type but one all values are. */
function boundsOne(left: Lineage, right: Lineage): boolean {
  return (isField(left) && isFixed(right)) || (isFixed(left) && isField(right))
}

const isField = (side: Lineage): boolean => isCopy(side) && side.mixed !== true && side.part !== true
const isFixed = ({ places, taint, gone }: Lineage): boolean =>
  places.length === 0 && taint.length === 0 && gone !== true

/** What a field that nobody has set may count as. */
function isEmpty(side: Value): boolean {
  const constant = literalOf(side)
  return constant !== undefined && (isNull(constant) || isExtreme(constant))
}

/** A constant that stands there as it is. */
function literalOf(side: Value): Value | undefined {
  const only = isDocument(side) ? onlyElement(side) : undefined
  if (only !== undefined) return only.name === '$literal' || only.name === '$const' ? only.value : undefined
  return isString(side) && wantString(side, 'text').startsWith('$') ? undefined : side
}

/** `field = constant`, and whether there is a field, as programs write them that know no other conditions (R17). */
function isLookup(name: string, said: readonly Value[], sides: readonly Lineage[]): boolean {
  const of = said.findIndex(isPath)
  const [field, value, other] = [sides[of], said[1 - of], sides[1 - of]]
  if (field === undefined || value === undefined || !isField(field)) return false
  if (name === '$ne') return other?.gone === true
  const constant = literalOf(value)
  return name === '$eq' && constant !== undefined && isScalar(constant)
}

/** `$name`, and no variable. */
function isPath(side: Value): boolean {
  return isString(side) && /^\$[^$]/.test(wantString(side, 'text'))
}
