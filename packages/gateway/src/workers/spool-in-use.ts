/** Waits for a spool folder whose last process is still ending. */
import { existsSync } from 'node:fs'
import { spoolOwner } from '@gatehouse/audit'

/** Milliseconds. */
const PATIENCE = 20_000
const PAUSE = 100

/** Resolves when nobody holds the folder, or when the patience is over: then opening it says who does. */
export async function whenFree(dir: string, now: () => number): Promise<void> {
  const until = now() + PATIENCE
  while (existsSync(dir) && spoolOwner(dir).process !== undefined && now() < until)
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
}
