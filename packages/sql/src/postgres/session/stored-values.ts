/** What a value brings into the column that it is stored in. */
import { FIRST_USER_OID, type Value } from '../../lineage/value.js'
import { type StoredSource, type StoredValues, TEMPORARY, UNKNOWN_TYPE } from './session-relation.js'

/** Sources are what lies behind the session's own relations, which come and go. */
export function storedValues(value: Value): StoredValues & { readonly classes: readonly string[] } {
  const classes = new Set<string>()
  const sources: StoredSource[] = []
  if (value.how !== 'counted')
    for (const { mention, column, classes: own } of value.leaves) {
      for (const each of own) classes.add(each)
      const { path } = mention.resource
      if (path.at(-2) !== TEMPORARY) sources.push({ path, field: column, classes: own })
    }
  const plain = value.how === 'copied' || value.leaves.size === 0
  return {
    classes: [...classes],
    ...(sources.length === 0 ? {} : { sources }),
    ...(plain ? {} : { computed: true as const }),
    ...(value.unprovable === undefined ? {} : { unprovable: value.unprovable }),
  }
}

/** Type of a column that such values make: that of a user where it may be one. */
export function storedType({ type, foreign, row }: Value): number {
  if (type === undefined) return foreign === true || row !== undefined ? UNKNOWN_TYPE : 0
  return type >= FIRST_USER_OID || foreign !== true ? type : UNKNOWN_TYPE
}
