/** Whoever has the pack of tools and little else: one who may read, and one who may do nothing. */
import { policyOf, type Town, urlOf } from './town.js'

export type Principal = 'reader' | 'nobody'

const RULES = `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: principals}
rules:
  - {name: in, effect: permit, verbs: [connect]}
  - {name: readers, effect: permit, groups: [readers], verbs: [read], resources: ["shop.*"]}
`

export interface Principals {
  readonly port: number
  url(who: Principal): string
}

const opened = new WeakMap<Town, Promise<Principals>>()

/** One listener to a town. */
export function openPrincipals(town: Town): Promise<Principals> {
  const known = opened.get(town) ?? open(town)
  opened.set(town, known)
  return known
}

async function open(town: Town): Promise<Principals> {
  const { port } = await town.stage({
    policy: policyOf(['tools'], RULES),
    users: [
      { name: 'reader', password: 'secret of reader', groups: ['readers'] },
      { name: 'nobody', password: 'secret of nobody', groups: [] },
    ],
  })
  return {
    port,
    url: (user) => urlOf({ host: '127.0.0.1', port, user, password: `secret of ${user}` }),
  }
}
