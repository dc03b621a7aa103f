/** Adapters that speak with their own kind in the other processes of this gateway. */
import { createHash } from 'node:crypto'
import type { OpenAdapter, Siblings } from '@gatehouse/adapter-kit'
import type { ListenerSettings } from './configuration/listener-keys.js'
import type { Configuration } from './configuration/read-configuration.js'
import { loadAdapter } from './load-adapter.js'
import type { LoadedPolicies } from './policies/load-policies.js'
import type { OpenedListener, Running } from './running.js'
import { siteFor, siteMark } from './site.js'
import type { SiblingCall } from './workers/messages.js'
import type { Shared } from './workers/shared.js'

/** Opens a listener's adapter; from then on those of its kind find it by what it stands before. */
export async function openAdapter(
  { sources, stopElsewhere, shared, siteSecret, marks }: Omit<Running, 'standing'>,
  configuration: Configuration,
  settings: ListenerSettings,
  { knowledge }: LoadedPolicies,
): Promise<OpenAdapter> {
  const mark = createHash('sha256').update(siteMark(configuration, settings)).digest('base64')
  const siblings = siblingsOf(shared, settings.name, mark)
  const adapter = await (await loadAdapter(settings.protocol)).open(
    siteFor(configuration, settings, knowledge, {
      ...sources,
      stopElsewhere,
      secret: siteSecret,
      ...(siblings && { siblings }),
    }),
  )
  marks.set(adapter, mark)
  return adapter
}

function siblingsOf({ station, askSibling }: Shared, listener: string, mark: string): Siblings | undefined {
  if (askSibling === undefined) return undefined
  return { ...station, ask: (to, question) => askSibling(to, { listener, mark, question }) }
}

/** Rejects where no adapter of that kind is open here. */
export async function answerSibling(
  listeners: ReadonlyMap<string, OpenedListener>,
  marks: Running['marks'],
  from: number,
  { listener, mark, question }: SiblingCall,
): Promise<unknown> {
  const opened = listeners.get(listener)
  const all = opened === undefined ? [] : [opened.state.adapter, ...opened.retired]
  const asked = all.find((adapter) => marks.get(adapter) === mark)
  if (asked?.answer === undefined) throw new Error('there is no such adapter')
  return asked.answer(from, question)
}
