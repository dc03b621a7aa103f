/** Sizes and durations as people write them. */

const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  m: 60e3,
  h: 3_600e3,
  d: 86_400e3,
}

/** `16MiB` in bytes; undefined when it isn't a size. A bare number is bytes. */
export function parseSize(value: unknown): number | undefined {
  return typeof value === 'number' ? whole(value) : scaled(value, BYTES)
}

/** `10s` in milliseconds; undefined when it isn't a duration. Of bare numbers only 0, which needs no unit, is one. */
export function parseDuration(value: unknown): number | undefined {
  if (value === 0 || value === '0') return 0
  return scaled(value, MILLISECONDS)
}

function scaled(value: unknown, units: Readonly<Record<string, number>>): number | undefined {
  if (typeof value !== 'string') return undefined
  const [, digits, unit] = /^(\d{1,12}(?:\.\d{1,3})?)\s?([A-Za-z]+)$/.exec(value) ?? []
  const factor = unit === undefined || !Object.hasOwn(units, unit) ? undefined : units[unit]
  return digits === undefined || factor === undefined ? undefined : whole(Number(digits) * factor)
}

function whole(value: number): number | undefined {
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
