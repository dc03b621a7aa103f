/** Sessions that one session of a person names by numbers: looked for in every adapter of a listener, then in other processes. */
import type { StopRequest } from '@gatehouse/adapter-kit'
import type { OpenedListener } from './running.js'

export type StopElsewhere = (listener: string, request: StopRequest) => Promise<boolean>

/** False where no session here is meant, or it is not the same person's. */
export function stopHere(
  listeners: ReadonlyMap<string, OpenedListener>,
  listener: string,
  request: StopRequest,
): boolean {
  const opened = listeners.get(listener)
  if (opened === undefined) return false
  return [opened.state.adapter, ...opened.retired].some((adapter) => adapter.stop?.(request) ?? false)
}
