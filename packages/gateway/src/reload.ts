/** A new configuration for a running gateway: all of it that can change without a restart, or none. */
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import type { ListenerSettings } from './configuration/listener-keys.js'
import type { Configuration } from './configuration/read-configuration.js'
import { limitsOf } from './listener-state.js'
import { faultFacts } from './log.js'
import type { LoadedPolicies } from './policies/load-policies.js'
import type { OpenedListener, Running } from './running.js'
import { openAdapter } from './siblings.js'
import { siteMark } from './site.js'
import { makeStanding, type Standing } from './standing.js'

export type ReloadResult =
  /** `restart`: keys that changed and only count after a restart. */
  | { readonly kind: 'done'; readonly restart: readonly string[]; readonly ended: number }
  | { readonly kind: 'refused'; readonly fault: unknown }

export type Preparing =
  | {
      readonly kind: 'prepared'
      /** From here on the new configuration decides, or, where that fails, still the old one. */
      commit(): Promise<ReloadResult>
      abandon(): Promise<void>
    }
  | { readonly kind: 'refused'; readonly fault: unknown }

/** Everything that can fail for a reason outside this process happens here, and nothing is changed by it. */
export async function prepareReload(
  running: Running,
  configuration: Configuration,
  policies: LoadedPolicies,
): Promise<Preparing> {
  const { listeners, sources, signInSecret } = running
  const before = running.standing
  const fresh = new Map<string, OpenAdapter>()
  const changed = configuration.listeners.filter((settings) => listeners.has(settings.name))
  const abandon = async () => {
    await Promise.allSettled([...fresh.values()].map((adapter) => adapter.close()))
  }
  try {
    const standing = await makeStanding(configuration, policies, { signInSecret, now: sources.now })
    for (const settings of changed) {
      const now = listeners.get(settings.name)?.state.settings
      if (now === undefined || siteMark(before.configuration, now) === siteMark(configuration, settings))
        continue
      fresh.set(settings.name, await openAdapter(running, configuration, settings, policies))
    }
    return { kind: 'prepared', commit: () => commit(running, standing, fresh), abandon }
  } catch (fault) {
    await abandon()
    return { kind: 'refused', fault }
  }
}

async function commit(
  running: Running,
  standing: Standing,
  fresh: ReadonlyMap<string, OpenAdapter>,
): Promise<ReloadResult> {
  const { listeners, house } = running
  const before = running.standing
  const { configuration, policies } = standing
  try {
    await revise(running, policies, fresh)
    running.standing = standing
  } catch (fault) {
    await Promise.allSettled([...fresh.values()].map((adapter) => adapter.close()))
    await revise(running, before.policies, fresh).catch((second: unknown) =>
      house.log.error(faultFacts(second), 'the adapters could not go back to the old documents'),
    )
    return { kind: 'refused', fault }
  }
  for (const warning of configuration.warnings) house.log.warn({}, warning)
  for (const settings of configuration.listeners) {
    const opened = listeners.get(settings.name)
    if (opened !== undefined) replace(opened, settings, fresh.get(settings.name))
  }
  const ended = endStrangers(running)
  retireUnused(running)
  return { kind: 'done', restart: needsRestart(before.configuration, configuration), ended }
}

async function revise(
  running: Running,
  policies: LoadedPolicies,
  fresh: ReadonlyMap<string, OpenAdapter>,
): Promise<void> {
  for (const [name, { state }] of running.listeners)
    if (!fresh.has(name)) await state.adapter.revise(policies.knowledge)
}

/** The address stays; sessions that are open keep the adapter that they came in by. */
function replace(opened: OpenedListener, settings: ListenerSettings, adapter: OpenAdapter | undefined): void {
  const { state } = opened
  if (adapter !== undefined) opened.retired.add(state.adapter)
  opened.state = {
    settings: { ...settings, listen: state.settings.listen },
    limits: limitsOf(settings),
    adapter: adapter ?? state.adapter,
    figures: state.figures,
  }
}

/** Whoever is gone, or is not what they were, has no session any more. */
function endStrangers({ house }: Running): number {
  let ended = 0
  for (const { session, conduct } of house.roster.all()) {
    if (house.stillKnown(session.identity)) continue
    conduct?.end('GH_ENDED', 'this user may no longer be signed in, or has other rights now')
    ended += 1
  }
  return ended
}

/** An adapter that was replaced closes when its last session has left. */
function retireUnused({ listeners, house }: Running): void {
  for (const { listener, retired } of listeners.values())
    for (const adapter of retired) {
      const look = () => {
        if (listener.using(adapter) > 0) return
        clearInterval(timer)
        if (!retired.delete(adapter)) return
        adapter
          .close()
          .catch((fault: unknown) => house.log.warn(faultFacts(fault), 'an old catalog reader did not close'))
      }
      const timer = setInterval(look, 1_000)
      timer.unref()
      look()
    }
}

/** Keys that changed and only count after a restart. */
export function needsRestart(old: Configuration, next: Configuration): string[] {
  const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b)
  const keys = (['instance', 'dataDir', 'workers', 'audit', 'metrics'] as const).filter((key) =>
    differs(old[key], next[key]),
  )
  const names = (configuration: Configuration) => configuration.listeners.map(({ name }) => name)
  const addresses = next.listeners.filter((listener) => {
    const was = old.listeners.find(({ name }) => name === listener.name)
    return was !== undefined && (differs(was.listen, listener.listen) || was.protocol !== listener.protocol)
  })
  return [
    ...keys,
    ...addresses.map(({ name }) => `listeners.${name}.listen`),
    ...(differs(names(old), names(next)) ? ['listeners'] : []),
  ]
}
