/** `gatehouse explain`: what a statement does, which rules speak, what would happen. */

import { printable } from '@gatehouse/audit'
import {
  caseSession,
  type Explanation,
  explain as explainStatement,
  qualify,
  resourceName,
  type Session,
  type Statement,
} from '@gatehouse/core'
import { readCatalogFile } from '../catalogs.js'
import type { ListenerSettings } from '../configuration/listener-keys.js'
import type { Configuration } from '../configuration/read-configuration.js'
import type { Read } from '../engines/engine.js'
import type { LoadedPolicies } from '../policies/load-policies.js'
import { EXIT, type ExitCode, type Paint, painter } from '../terminal.js'
import type { Context } from './context.js'
import { chooseListener, openListenerAdapter } from './open-listener-adapter.js'
import { readAll, sayFaults } from './read-all.js'

export interface ExplainOptions {
  readonly config: string
  readonly listener?: string
  readonly as?: string
  readonly group: readonly string[]
  readonly agent?: string
  readonly database?: string
  readonly catalog?: string
  readonly json: boolean
}

export async function explain(text: string, options: ExplainOptions, context: Context): Promise<ExitCode> {
  const { terminal } = context
  if (text.trim() === '' || (options.as === undefined && options.agent === undefined)) {
    terminal.err('gatehouse: expected --as USER or --agent NAME, and a statement after `--`')
    return EXIT.usage
  }
  const read = readAll(options.config, context, options.catalog === undefined)
  if (read.kind === 'faults') {
    sayFaults(context, read.faults)
    return EXIT.usage
  }
  const { configuration, policies } = read
  const settings = chooseListener(configuration, options.listener)
  const who = identityFrom(options, configuration)
  const { found, database, account } = await readStatement(
    text,
    options,
    { configuration, settings, policies, who },
    context,
  )
  if (found.kind === 'unreadable') return sayUnreadable(found.why, options, context)
  const session = sessionFor(who, settings, database, account, context.now())
  const rules = policies.policy.forSession(session)
  const moment = { claimed: {}, now: context.now() }
  const explained = found.statements.map((statement) => ({
    statement,
    ...explainStatement(rules, statement, moment),
  }))
  const permitted = explained.every(({ decision }) => decision.effect === 'permit')
  if (options.json) {
    const statements = explained.map(({ statement, ...rest }) => ({
      command: statement.command,
      text: statement.text,
      ...rest,
    }))
    terminal.out(JSON.stringify({ permitted, statements }, undefined, 2))
  } else for (const each of explained) print(each.statement, each, session, context)
  return permitted ? EXIT.done : EXIT.no
}

type Who = Parameters<typeof caseSession>[0]['as']

/** A local user brings their groups along, unless groups were named. */
function identityFrom({ as, agent, group }: ExplainOptions, { identity }: Configuration): Who {
  const local = identity.users.find(({ name }) => name === (as ?? agent))
  const groups = group.length > 0 ? group : (local?.groups ?? [])
  const program = agent ?? (local?.agent ? local.name : undefined)
  return {
    ...(as !== undefined && program !== as && { user: as }),
    ...(program !== undefined && { agent: program }),
    groups: [...groups],
  }
}

interface Subject {
  readonly configuration: Configuration
  readonly settings: ListenerSettings
  readonly policies: LoadedPolicies
  readonly who: Who
}

async function readStatement(
  text: string,
  { catalog, database }: ExplainOptions,
  { configuration, settings, policies, who }: Subject,
  context: Context,
): Promise<{ readonly found: Read; readonly database: string; readonly account: string }> {
  const { upstream } = settings
  const account =
    upstream.accounts.find(({ groups }) => groups.some((group) => who.groups?.includes(group)))?.user ??
    upstream.user
  const first = database ?? upstream.databases?.[0]
  if (catalog !== undefined) {
    const accounts = [upstream.user, ...upstream.accounts.map(({ user }) => user)]
    const { knowledge } = policies
    const view = await readCatalogFile(catalog)
    const reader = await view.openReader({ knowledge, accounts, database: first })
    try {
      return { found: await reader.read(text, account), database: reader.database ?? '', account }
    } finally {
      await reader.close()
    }
  }
  const adapter = await openListenerAdapter(configuration, settings, policies, context)
  try {
    // Where Postgres connects a client that names none.
    const chosen = first ?? (settings.protocol === 'postgres' ? account : '')
    return { found: await adapter.explain(text, account, first), database: chosen, account }
  } finally {
    await adapter.close()
  }
}

function sessionFor(
  as: Who,
  settings: ListenerSettings,
  database: string,
  account: string,
  now: number,
): Session {
  const subject = { labels: settings.labels, database, protocol: settings.protocol, now }
  const session = caseSession(
    { as, statement: '', expect: { effect: 'permit' } } as Parameters<typeof caseSession>[0],
    subject,
  )
  return { ...session, listener: settings.name, upstream: { ...session.upstream, account } }
}

function sayUnreadable(why: string, { json }: ExplainOptions, { terminal }: Context): ExitCode {
  const decision = { effect: 'forbid', code: 'GH_UNREADABLE', message: why }
  if (json) terminal.out(JSON.stringify({ permitted: false, statements: [], decision }, undefined, 2))
  else terminal.out(`${painter(terminal)('forbid', 'red')} GH_UNREADABLE: ${printable(why)}`)
  return EXIT.no
}

function print(statement: Statement, explained: Explanation, session: Session, { terminal }: Context): void {
  const paint = painter(terminal)
  const { identity } = session
  const groups = identity.groups.map((group) => qualify(identity, group))
  const who = `${identity.agent === undefined ? 'user' : 'agent'} ${identity.name}${groups.length > 0 ? ` (${groups.join(', ')})` : ''}`
  terminal.out(paint(printable(statement.text), 'bold'))
  terminal.out(
    paint(
      `as ${who} on ${session.listener}, database ${session.database}, policy ${explained.policyRevision}`,
      'dim',
    ),
  )
  terminal.out('actions')
  for (const action of explained.actions) terminal.out(`  ${actionLine(action)}`)
  if (explained.actions.length === 0) terminal.out('  none: permitted to everyone who may connect')
  terminal.out('rules')
  for (const rule of explained.rules) {
    const on = rule.actions.length > 0 ? `  ${rule.actions.join(', ')}` : ''
    const why = rule.verdict === 'off' ? `  (${rule.unless ?? rule.if ?? ''})` : ''
    terminal.out(`  ${rule.rule}  ${rule.effect}  ${rule.verdict}${on}${paint(why, 'dim')}`)
  }
  if (explained.rules.length === 0) terminal.out('  none speaks')
  if (explained.uses.length > 0) terminal.out('uses of masked fields')
  for (const { field, use, rule, allowed } of explained.uses)
    terminal.out(printable(`  ${field}  ${use}  ${allowed ? 'allowed' : 'refused'} by ${rule}`))
  for (const line of decisionLines(explained, paint)) terminal.out(line)
}

function actionLine(action: Explanation['actions'][number]): string {
  const fields =
    action.fields === 'unknown'
      ? 'fields unknown'
      : action.fields
          .map(({ name, uses, classes }) => `${name} ${[...uses, ...classes].join('/')}`)
          .join(', ')
  const marks = [
    action.certainty === 'exact' ? undefined : action.certainty,
    action.unfiltered ? 'unfiltered' : undefined,
    action.derived ? 'behind the statement' : undefined,
    action.why,
  ].filter((mark) => mark !== undefined)
  const more = [fields, ...marks].filter((part) => part !== '').join('; ')
  return printable(`${action.verb} ${resourceName(action.resource)}${more === '' ? '' : `  [${more}]`}`)
}

const LIMITS = [
  ['rows', 'rows'],
  ['bytes', 'bytes of rows'],
  ['affected', 'changed rows'],
] as const

function decisionLines({ decision, masks }: Explanation, paint: Paint): string[] {
  if (decision.effect !== 'permit') {
    const colour = decision.effect === 'forbid' ? 'red' : 'yellow'
    const code = decision.effect === 'forbid' ? decision.code : 'GH_APPROVAL'
    return [`decision  ${paint(decision.effect, colour)} ${code}: ${printable(decision.message)}`]
  }
  return [
    `decision  ${paint('permit', 'green')}${decision.rules.length > 0 ? ` by ${decision.rules.join(', ')}` : ''}`,
    ...masks.map((mask) => printable(`  ${mask.output}: ${mask.with} by ${mask.rule} (${mask.field})`)),
    ...LIMITS.flatMap(([kind, what]) => {
      const limit = decision[kind]
      return limit === undefined ? [] : [`  at most ${limit.limit} ${what} by ${limit.rule}`]
    }),
  ]
}
