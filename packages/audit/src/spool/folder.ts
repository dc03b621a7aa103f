/** The spool's folder: private to its owner (R26), one chain, one process. */
import { GatehouseError } from '@gatehouse/core'
import { replaceFile, type SpoolFiles } from './spool-files.js'

export interface Folder {
  readonly dir: string
  /** `<instance>/<uuid>` */
  readonly chain: string
  /** Where the segments are. */
  readonly segments: string
}

function fault(message: string, cause?: unknown): GatehouseError {
  return new GatehouseError('GH_SPOOL', message, { cause })
}

function checkPrivate(files: SpoolFiles, path: string, kind: 'folder' | 'file'): void {
  const found = files.lstatSync(path)
  if (kind === 'folder' ? !found.isDirectory() : !found.isFile())
    throw fault(`\`${path}\` is not a plain ${kind}`)
  const owner = process.getuid?.()
  if (owner === undefined) return
  if (found.uid !== owner)
    throw fault(`\`${path}\` belongs to another user (uid ${found.uid}, this process is ${owner})`)
  if ((found.mode & 0o077) !== 0) {
    const mode = (found.mode & 0o777).toString(8).padStart(4, '0')
    throw fault(
      `\`${path}\` is open to others (mode ${mode}): make it ${kind === 'folder' ? '0700' : '0600'}`,
    )
  }
}

function present(files: SpoolFiles, path: string): boolean {
  try {
    files.lstatSync(path)
    return true
  } catch {
    return false
  }
}

/** Creates or checks the folder itself; before the lock. */
export function openFolder(files: SpoolFiles, dir: string): void {
  files.mkdirSync(dir, { recursive: true, mode: 0o700 })
  checkPrivate(files, dir, 'folder')
  for (const name of files.readdirSync(dir)) {
    const path = `${dir}/${name}`
    checkPrivate(files, path, files.lstatSync(path).isDirectory() ? 'folder' : 'file')
  }
}

/** The chain's name as the folder's `chain.json` has it; undefined when the folder is new. */
export function readChain(files: SpoolFiles, dir: string): string | undefined {
  const path = `${dir}/chain.json`
  if (!present(files, path)) return undefined
  try {
    const { chain } = JSON.parse(files.readFileSync(path, 'utf8')) as { chain?: unknown }
    if (typeof chain === 'string' && /\/[\w-]+$/.test(chain)) return chain
  } catch (error) {
    throw fault(`\`${path}\` cannot be read`, error)
  }
  throw fault(`\`${path}\` does not name a chain`)
}

export function segmentsOf(dir: string, chain: string): string {
  return `${dir}/${chain.slice(chain.lastIndexOf('/') + 1)}`
}

/** Finds the chain or begins one; after the lock. */
export function openChain(files: SpoolFiles, dir: string, instance: string, newId: () => string): Folder {
  let chain = readChain(files, dir)
  if (chain === undefined) {
    const stray = files.readdirSync(dir).find((name) => files.lstatSync(`${dir}/${name}`).isDirectory())
    if (stray !== undefined)
      throw fault(`\`${dir}/chain.json\` is missing but \`${stray}\` is there: this spool is damaged`)
    chain = `${instance}/${newId()}`
    replaceFile(files, dir, 'chain.json', `${JSON.stringify({ chain })}\n`)
  }
  const owner = chain.slice(0, chain.lastIndexOf('/'))
  if (owner !== instance) {
    throw fault(
      `\`${dir}\` holds the records of instance \`${owner}\`: keep that name or give \`${instance}\` a folder of its own`,
    )
  }
  const segments = segmentsOf(dir, chain)
  files.mkdirSync(segments, { recursive: true, mode: 0o700 })
  checkPrivate(files, segments, 'folder')
  for (const name of files.readdirSync(segments)) checkPrivate(files, `${segments}/${name}`, 'file')
  return { dir, chain, segments }
}
