/** Table: the clients in other languages, with what runs each. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Toolchain, toolchain } from '@gatehouse/workbench'
import type { Flavour } from '../wire/fixture.js'

export interface Program {
  readonly client: string
  /** The server that it is meant for; MariaDB where it is meant for both. */
  readonly flavour: Flavour
  readonly toolchain: Toolchain
  /** Where its sources are; where it is started. */
  readonly sources: string
  /** Made from its sources before its first run, without a network. */
  readonly build?: { readonly command: string; readonly args: readonly string[]; readonly env: Env }
  readonly command: string
  readonly args: readonly string[]
  /** From its manifest, where the library can't say it by itself. */
  readonly version: string
}

const MARIADB = 'mariadb'

type Env = Readonly<Record<string, string>>

// Compiled code runs from dist; the sources stand in src.
const sourcesOf = (language: string) =>
  fileURLToPath(new URL(`../../src/clients/${language}`, import.meta.url))

function python(client: string, file: string): Program {
  const sources = sourcesOf('python')
  const chain = toolchain('python', sources)
  const command = join(chain.folder, 'bin', 'python3')
  return { client, flavour: MARIADB, toolchain: chain, sources, command, args: ['-B', file], version: '' }
}

function go(client: string): Program {
  const sources = sourcesOf('go')
  const chain = toolchain('go', sources)
  const command = join(chain.folder, 'program')
  const env = {
    GOTOOLCHAIN: 'local',
    GOPROXY: 'off',
    GOFLAGS: '-modcacherw',
    GOMODCACHE: join(chain.folder, 'mod'),
    GOCACHE: join(chain.folder, 'build'),
  }
  const version = versionIn(join(sources, 'go.mod'), /go-sql-driver\/mysql v(\S+)/)
  const build = { command: 'go', args: ['build', '-o', command, '.'], env }
  return { client, flavour: MARIADB, toolchain: chain, sources, build, command, args: [], version }
}

function java(client: string, scheme: Flavour, artifact: string, flavour: Flavour = scheme): Program {
  const sources = sourcesOf('java')
  const chain = toolchain('java', sources)
  const args = ['-XX:TieredStopAtLevel=1', '-cp', join(chain.folder, 'lib', '*'), 'Jdbc.java', scheme]
  const manifest = join(sources, 'pom.xml')
  const version = versionIn(manifest, new RegExp(`<artifactId>${artifact}</artifactId>\\s*<version>([^<]+)`))
  return { client, flavour, toolchain: chain, sources, command: 'java', args, version }
}

function rust(client: string): Program {
  const sources = sourcesOf('rust')
  const chain = toolchain('rust', sources)
  const target = join(chain.folder, 'target')
  const env = { CARGO_TARGET_DIR: target }
  const build = { command: 'cargo', args: ['build', '-q', '--offline', '--locked'], env }
  const version = versionIn(join(sources, 'Cargo.lock'), /name = "sqlx"\nversion = "([^"]+)"/)
  return {
    client,
    flavour: MARIADB,
    toolchain: chain,
    sources,
    build,
    command: join(target, 'debug', 'clients'),
    args: [],
    version,
  }
}

const versionIn = (file: string, pattern: RegExp) => pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? ''

export const PROGRAMS: readonly Program[] = [
  python('PyMySQL', 'pymysql_client.py'),
  python('SQLAlchemy', 'sqlalchemy_client.py'),
  go('go-sql-driver'),
  java('Connector/J', 'mysql', 'mysql-connector-j'),
  java('Connector/J to MariaDB', 'mysql', 'mysql-connector-j', 'mariadb'),
  java('MariaDB Connector/J', 'mariadb', 'mariadb-java-client'),
  java('MariaDB Connector/J to MySQL', 'mariadb', 'mariadb-java-client', 'mysql'),
  rust('sqlx'),
]
