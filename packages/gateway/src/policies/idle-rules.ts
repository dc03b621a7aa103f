/** What of the policies binds nobody and nothing behind this configuration: most often a typing error. */
import type { Document, PlacedRule, PolicyDocument } from '@gatehouse/core'
import { DATA_CLASSES, UMBRELLA_CLASSES } from '@gatehouse/masking'
import type { Fault } from '../configuration/fault.js'
import type { ListenerSettings } from '../configuration/listener-keys.js'
import type { Configuration } from '../configuration/read-configuration.js'
import type { CatalogView } from '../engines/engine.js'

type People = Configuration['identity']

/** Notes and no faults: a label, a group, a comment on a column may still be to come. In the documents' order; packs left out. */
export function idleRules(
  { identity, listeners }: Pick<Configuration, 'identity' | 'listeners'>,
  documents: readonly Document[],
  catalogs: readonly CatalogView[],
): Fault[] {
  const policies = documents.filter((document) => document.kind === 'Policy')
  const classes = classesOf(documents, catalogs)
  return policies
    .filter(({ pack }) => !pack)
    .flatMap((policy) => [
      ...unmet(policy, listeners),
      ...policy.rules.flatMap((rule) => {
        const said = [
          ...(rule.groups ?? []).flatMap((name) => whyNobody('group', name, identity)),
          ...(rule.users ?? []).flatMap((name) => whyNobody('user', name, identity)),
          ...(rule.classes ?? []).filter((name) => !classes.has(name)).map(whyNoClass),
        ]
        return said.map((why) => ({ ...rule.place, message: `${policy.name}/${rule.name}: ${why}` }))
      }),
    ])
}

/** Listeners that nobody can sign in to, whoever it is. */
export function closedListeners(
  { listeners }: Pick<Configuration, 'listeners'>,
  documents: readonly Document[],
): string[] {
  return listeners
    .filter((listener) => {
      const met = documents.filter((document) => document.kind === 'Policy' && meets(document, listener))
      return !met.some(
        (document) =>
          document.kind === 'Policy' && (document.default === 'permit' || document.rules.some(lettingIn)),
      )
    })
    .map(({ name }) => `listener \`${name}\`: nobody can sign in, as no rule permits \`connect\` there`)
}

const lettingIn = ({ effect, verbs }: PlacedRule) =>
  effect === 'permit' && verbs?.includes('connect') === true

function meets({ match }: PolicyDocument, { labels }: ListenerSettings): boolean {
  return Object.entries(match).every(
    ([label, wanted]) => Object.hasOwn(labels, label) && wanted.includes(labels[label] ?? ''),
  )
}

function unmet(policy: PolicyDocument, listeners: readonly ListenerSettings[]): Fault[] {
  if (listeners.some((listener) => meets(policy, listener))) return []
  const asked = Object.entries(policy.match).map(([label, wanted]) => `${label}: [${wanted.join(', ')}]`)
  const message = `policy \`${policy.name}\` binds no listener: none has the labels of its \`match\` (${asked.join(', ')})`
  return [{ ...policy.place, message }]
}

/** R9: names of the default issuer and of local users stand by themselves, those of other issuers behind `issuer:`. */
function whyNobody(what: 'group' | 'user', name: string, { users, issuers }: People): string[] {
  const [issuer = '', own] = name.split(/:(.*)/s)
  if (own !== undefined) {
    const at = issuers.findIndex((each) => each.name === issuer)
    if (at > 0) return []
    return at === 0
      ? [
          `\`${name}\` is nobody: \`${issuer}\` is the default issuer, whose names stand without it: \`${own}\``,
        ]
      : [`\`${name}\` is nobody: there is no issuer \`${issuer}\``]
  }
  const local = what === 'user' ? users.map((user) => user.name) : users.flatMap(({ groups }) => groups)
  if (issuers.length > 0 || local.includes(name)) return []
  return [
    `no local user ${what === 'user' ? 'is named' : 'is in the group'} \`${name}\`, and there is no issuer`,
  ]
}

const whyNoClass = (name: string) =>
  `\`${name}\` is no class of data that is known here: neither built in, nor in a Classes document, nor of any column`

function classesOf(documents: readonly Document[], catalogs: readonly CatalogView[]): ReadonlySet<string> {
  const documented = documents.flatMap((document) =>
    document.kind === 'Classes' ? document.fields.flatMap(({ classes }) => classes) : [],
  )
  const found = catalogs.flatMap((catalog) =>
    catalog.relations().flatMap(({ columns }) => columns.flatMap(({ classes }) => classes)),
  )
  return new Set([...UMBRELLA_CLASSES, ...DATA_CLASSES, ...documented, ...found])
}
