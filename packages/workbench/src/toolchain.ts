/** What programs in other languages need: one folder per language and manifest, which `provide.sh` fills from the manifest beside them. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, onPath } from '@gatehouse/embedded'
import { type Availability, PROVIDE } from './available.js'

export type Language = 'python' | 'go' | 'java' | 'rust'

/** `commands` are the machine's own and never installed; provide.sh names the same manifests. */
const LANGUAGES = {
  python: { commands: ['python3'], manifest: ['requirements.txt'], from: 'Python 3 with its venv module' },
  go: { commands: ['go'], manifest: ['go.mod', 'go.sum'], from: 'Go' },
  java: { commands: ['java', 'javac', 'mvn'], manifest: ['pom.xml'], from: 'a JDK and Maven' },
  rust: { commands: ['cargo'], manifest: ['Cargo.toml', 'Cargo.lock'], from: 'Rust' },
} as const satisfies Readonly<Record<Language, object>>

export interface Toolchain {
  readonly language: Language
  /** Where provide.sh put what was fetched: `bin/python3`; `mod` and `build` of Go; `lib` with jars; `target` of Cargo. */
  readonly folder: string
  available(): Availability
}

/** For the programs in `sources`, whose manifest says which libraries they use. */
export function toolchain(language: Language, sources: string): Toolchain {
  const { commands, manifest, from } = LANGUAGES[language]
  const hash = createHash('sha256')
  for (const name of manifest) hash.update(readFileSync(join(sources, name)))
  const folder = join(cacheFolder(), 'programs', `${language}-${hash.digest('hex').slice(0, 16)}`)
  return {
    language,
    folder,
    available() {
      const lacking = commands.find((command) => onPath(command) === undefined)
      if (lacking !== undefined)
        return {
          ok: false,
          promised: false,
          why: `no \`${lacking}\``,
          remedy: `install ${from}, then ${PROVIDE}`,
        }
      if (existsSync(join(folder, 'ready'))) return { ok: true }
      const failed = `${folder}.failed`
      if (!existsSync(failed))
        return { ok: false, why: 'its libraries are not in the cache', remedy: PROVIDE }
      const why = readFileSync(failed, 'utf8').trim()
      return { ok: false, promised: false, why: `could not be provided (${why})`, remedy: PROVIDE }
    },
  }
}
