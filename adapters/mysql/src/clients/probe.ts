/** A client as the suite sees it: what it can, each tried at an address, and what a caller noticed. */
import { readFileSync } from 'node:fs'
import type { Contact } from './contact.js'
import type { Feature } from './features.js'

/** Resolves with what a caller notices, as JSON can say it. */
export type Trial = (contact: Contact) => Promise<unknown>

export interface Probe {
  readonly name: string
  readonly version: string
  readonly trials: Readonly<Partial<Record<Feature, Trial>>>
}

/** Opens, uses and closes for certain. */
export function using<Client>(
  open: (contact: Contact) => Client | Promise<Client>,
  close: (client: Client) => unknown,
): (act: (client: Client, contact: Contact) => Promise<unknown>) => Trial {
  return (act) => async (contact) => {
    const client = await open(contact)
    try {
      return await act(client, contact)
    } finally {
      await close(client)
    }
  }
}

/** Codes and texts of what is thrown, wherever a library put the driver's error. */
export async function faultsOf(
  statements: readonly string[],
  ask: (text: string) => Promise<unknown>,
): Promise<{ readonly code: string; readonly message: string }[]> {
  const found = []
  for (const text of statements)
    found.push(await ask(text).then(() => ({ code: 'none', message: '' }), faultOf))
  return found
}

export function faultOf(thrown: unknown): { code: string; message: string } {
  for (let each = thrown; typeof each === 'object' && each !== null; ) {
    const { errno, sqlState, message, sqlMessage, cause, parent } = each as Record<string, unknown>
    if (typeof errno === 'number')
      return { code: `${errno} ${sqlState}`, message: String(sqlMessage ?? message) }
    each = cause ?? parent
  }
  return { code: 'none', message: String(thrown) }
}

export async function codesOf(
  statements: readonly string[],
  ask: (text: string) => Promise<unknown>,
): Promise<readonly string[]> {
  return (await faultsOf(statements, ask)).map(({ code }) => code)
}

/** Asks for a statement's end again and again, since a request that comes too early is lost, until it has ended. */
export async function cancelling(running: Promise<unknown>, cancel: () => unknown): Promise<string> {
  let ended = false
  const outcome = running
    .then(
      () => 'none',
      (thrown) => faultOf(thrown).code,
    )
    .finally(() => {
      ended = true
    })
  while (!ended) {
    await Promise.race([outcome, new Promise((resolve) => setTimeout(resolve, 100))])
    if (!ended) await cancel()
  }
  return outcome
}

/** The exact version of a package that a test uses, as it is installed; not every package lets its manifest be imported. */
export function versionOf(name: string): string {
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
