/** Finds a way through a graph that comes back to where it began. */

/** Each cycle once, as the names along it; the first name comes again at its end. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (name: string) => {
    const at = path.indexOf(name)
    if (at >= 0) {
      cycles.push([...path.slice(at), name])
      return
    }
    if (done.has(name)) return
    path.push(name)
    for (const next of graph.get(name) ?? []) visit(next)
    path.pop()
    done.add(name)
  }
  for (const name of graph.keys()) visit(name)
  return cycles
}
