/** A masked answer beside a direct one. */

const PERSONAL = new Set(['name', 'email', 'phone'])

/** What is left when the fields that the policy masks are taken out; the order of fields stays. */
export function withoutMasks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMasks)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      PERSONAL.has(name) ? typeof each : withoutMasks(each),
    ]),
  )
}
