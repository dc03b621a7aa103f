/** The middle one of some measurements, by the figure that is steady. */
export function median<T>(all: readonly T[], of: (each: T) => number): T {
  const sorted = [...all].sort((a, b) => of(a) - of(b))
  return sorted[Math.floor(sorted.length / 2)] as T
}
