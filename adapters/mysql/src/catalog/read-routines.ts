/** Stored functions and procedures, and the names of loaded ones. */
import type { MysqlRoutine } from '@gatehouse/sql'
import { type CatalogClient, serverErrorNumber } from './client.js'
import { LOADABLE, PARAMETERS, ROUTINES } from './queries.js'

export async function readRoutines(client: CatalogClient): Promise<MysqlRoutine[]> {
  const counts = new Map<string, number>()
  const keyOf = (schema: unknown, name: unknown, type: unknown) => `${schema}\0${name}\0${type}`
  await client.each(PARAMETERS, ([schema, name, type]) => {
    const key = keyOf(schema, name, type)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  })
  const routines: MysqlRoutine[] = []
  await client.each(ROUTINES, ([schema, name, type, body]) => {
    if (type !== 'FUNCTION' && type !== 'PROCEDURE') return
    routines.push({
      schema: String(schema),
      name: String(name),
      kind: type === 'FUNCTION' ? 'function' : 'procedure',
      ...(typeof body === 'string' && body !== '' ? { body } : {}),
      parameters: counts.get(keyOf(schema, name, type)) ?? 0,
    })
  })
  return routines
}

/** Most accounts may not ask. Then an unknown function's name is unknown, which is opaque as well. */
export async function readLoadable(client: CatalogClient): Promise<readonly string[]> {
  try {
    return (await client.rows(LOADABLE)).map(([name]) => String(name))
  } catch (fault) {
    if (serverErrorNumber(fault) === undefined) throw fault
    return []
  }
}
