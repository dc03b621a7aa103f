/** Secrets: never in the file, always from the environment or a file of their own. */
import { z } from 'zod'
import { absolute, type Surroundings } from './surroundings.js'

const FORMS = 'a secret is never written here: expected `{env: NAME}` or `{file: PATH}`'

type Wanted = { readonly env: string } | { readonly file: string }

function reference(value: unknown): Wanted | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const entries = Object.entries(value)
  const [key, named] = entries[0] ?? []
  if (entries.length !== 1 || typeof named !== 'string' || named === '') return undefined
  if (key === 'env') return { env: named }
  return key === 'file' ? { file: named } : undefined
}

/** The secret's bytes; of a file without the line break that editors leave at its end, unless `binary`. */
export function secretBytes(
  surroundings: Surroundings,
  options: { readonly binary?: boolean; readonly own?: boolean } = {},
) {
  return z.unknown().transform((value, context): Uint8Array => {
    const fault = (message: string) => {
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
    const wanted = reference(value)
    if (wanted === undefined) return fault(FORMS)
    if ('env' in wanted) {
      const found = surroundings.env[wanted.env]
      if (found !== undefined && found !== '') return new TextEncoder().encode(found)
      return surroundings.secrets ? fault(`the environment has no \`${wanted.env}\``) : new Uint8Array()
    }
    const path = absolute(surroundings, wanted.file)
    let bytes: Uint8Array
    try {
      bytes = surroundings.readFile(path)
    } catch (cause) {
      return surroundings.secrets
        ? fault(`\`${wanted.file}\` cannot be read: ${reasonOf(cause)}`)
        : new Uint8Array()
    }
    if (options.own && ((surroundings.mode(path) ?? 0) & 0o077) !== 0)
      return fault(`\`${wanted.file}\` can be read by other accounts: its mode must be 0600`)
    const kept = options.binary ? bytes : withoutLineBreak(bytes)
    return kept.length === 0 ? fault(`\`${wanted.file}\` is empty`) : kept
  })
}

export function secretText(surroundings: Surroundings) {
  return secretBytes(surroundings).transform((bytes, context): string => {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      if (!text.includes('\0')) return text
    } catch {
      // Said below, without the bytes.
    }
    context.addIssue({ code: 'custom', message: 'this secret is not text: a password is UTF-8 without NUL' })
    return z.NEVER
  })
}

/** The system's reason without the path, which the message names already. */
export function reasonOf(cause: unknown): string {
  const code = (cause as { code?: string } | undefined)?.code
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'EISDIR') return 'it is a folder'
  return code ?? (cause instanceof Error ? cause.message : String(cause))
}

function withoutLineBreak(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  if (bytes[end - 1] === 0x0a) end -= 1
  if (bytes[end - 1] === 0x0d) end -= 1
  return bytes.subarray(0, end)
}
