/** Constraints and policies by the relation or the domain that has them. */
import type { CatalogForeignKey, CatalogPolicy, ReferentialAction } from '@gatehouse/sql'
import type { CatalogClient } from './client.js'
import { readDefinitions } from './definitions.js'
import { CHECKS, CHECKS_PRESENT, FOREIGN_KEYS, POLICIES, POLICIES_PRESENT } from './queries.js'

/** No grammar takes it: an expression that could not be read depends on anything. */
export const UNREAD = '('

export interface Constraints {
  readonly checks: ReadonlyMap<number, readonly string[]>
  readonly domainChecks: ReadonlyMap<number, readonly string[]>
  readonly foreignKeys: ReadonlyMap<number, readonly CatalogForeignKey[]>
  readonly policies: ReadonlyMap<number, readonly CatalogPolicy[]>
}

const ACTIONS: Readonly<Record<string, ReferentialAction>> = {
  a: 'none',
  r: 'restrict',
  c: 'cascade',
  n: 'set-null',
  d: 'set-default',
}

const COMMANDS: Readonly<Record<string, CatalogPolicy['command']>> = {
  '*': 'all',
  r: 'select',
  a: 'insert',
  w: 'update',
  d: 'delete',
}

export async function readConstraints(client: CatalogClient): Promise<Constraints> {
  const checks = new Map<number, string[]>()
  const domainChecks = new Map<number, string[]>()
  const present = (await client.query(CHECKS_PRESENT)).rows
  const texts = present.length > 0 ? await readDefinitions(client, CHECKS) : undefined
  for (const row of present) {
    const text = texts?.get(Number(row.oid))?.text
    const relation = Number(row.relation)
    add(relation === 0 ? domainChecks : checks, relation || Number(row.type), text ? String(text) : UNREAD)
  }
  const foreignKeys = new Map<number, CatalogForeignKey[]>()
  for (const row of (await client.query(FOREIGN_KEYS)).rows)
    add(foreignKeys, Number(row.relation), {
      columns: numbers(row.columns),
      relation: Number(row.referenced),
      referenced: numbers(row.keys),
      onDelete: ACTIONS[String(row.onDelete)] ?? 'cascade',
      onUpdate: ACTIONS[String(row.onUpdate)] ?? 'cascade',
    })
  return { checks, domainChecks, foreignKeys, policies: await readPolicies(client) }
}

async function readPolicies(client: CatalogClient): Promise<Map<number, CatalogPolicy[]>> {
  const policies = new Map<number, CatalogPolicy[]>()
  const { rows } = await client.query(POLICIES_PRESENT)
  const shown = rows.length > 0 ? await readDefinitions(client, POLICIES) : undefined
  for (const row of rows) {
    const found = shown?.get(Number(row.oid))
    const text = (has: unknown, of: unknown) =>
      has === true ? { text: of ? String(of) : UNREAD } : undefined
    const using = text(row.hasUsing, found?.using)
    const check = text(row.hasCheck, found?.check)
    add(policies, Number(row.relation), {
      command: COMMANDS[String(row.command)] ?? 'all',
      ...(using ? { using: using.text } : {}),
      ...(check ? { check: check.text } : {}),
    })
  }
  return policies
}

function add<Item>(lists: Map<number, Item[]>, key: number, item: Item): void {
  const known = lists.get(key)
  if (known) known.push(item)
  else lists.set(key, [item])
}

function numbers(text: unknown): readonly number[] {
  return String(text ?? '')
    .split(' ')
    .filter((each) => each !== '')
    .map(Number)
}
