/** `npm run setup`: installs what the lockfile says and builds; does next to nothing when nothing changed. Only Node's own modules. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const PNPM = 'pnpm@10.34.9'
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const stamp = join(root, 'node_modules', '.gatehouse-installed')
const windows = process.platform === 'win32'

checkNode()
if (installedAs() !== fingerprint()) install()
build()

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(`Gatehouse needs Node 20.19 or later; this is ${process.version} (${process.execPath})`)
}

/** All that decides what an install makes: lockfile, workspace, manifests, and the Node and platform it was made for. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}-${process.versions.modules}`)
  const manifests = ['packages', 'adapters', 'examples'].flatMap((folder) => within(folder))
  for (const file of [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'package.json',
    'bench/package.json',
    ...manifests,
  ]) {
    const path = join(root, file)
    if (existsSync(path)) hash.update(`\n${file}\n`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

function within(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder))
    .sort()
    .map((name) => join(folder, name, 'package.json'))
}

function installedAs() {
  const complete = existsSync(join(root, 'node_modules', '.modules.yaml')) && existsSync(stamp)
  return complete ? readFileSync(stamp, 'utf8') : ''
}

function install() {
  say('installing (the first time this takes a minute)')
  rmSync(stamp, { force: true })
  const wanted = fingerprint()
  const home = writableHome()
  const store = home ? [] : ['--store-dir', join(root, 'node_modules', '.pnpm-store')]
  const env = home ? {} : { npm_config_cache: join(root, 'node_modules', '.npm-cache') }
  // CI=true: pnpm asks no questions, such as whether it may replace a node_modules of another tool's making.
  const result = run('npx', ['-y', PNPM, 'install', '--frozen-lockfile', ...store], { CI: 'true', ...env })
  if (result.error) fail(`could not start npx (it comes with npm): ${result.error.message}`)
  if (result.status !== 0) {
    fail(
      `installing failed with code ${result.status ?? result.signal}. Is the npm registry reachable (npm ping)? ` +
        'If package.json was changed, the lockfile must be too: npx -y ' +
        `${PNPM} install --lockfile-only`,
    )
  }
  writeFileSync(stamp, wanted)
}

/** Where npm and pnpm keep what they downloaded; without a home of ours they keep it elsewhere. */
function writableHome() {
  try {
    mkdirSync(homedir(), { recursive: true })
    accessSync(homedir(), constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** The compiler's own notes on what is up to date don't mention the options that all packages share. */
function build() {
  const options = readFileSync(join(root, 'tsconfig.base.json'), 'utf8')
  const built = join(root, 'node_modules', '.gatehouse-built')
  const same = existsSync(built) && readFileSync(built, 'utf8') === options
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const args = [compiler, '--build', root, ...(same ? [] : ['--force'])]
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (result.error) fail(`could not start the TypeScript compiler: ${result.error.message}`)
  if (result.status !== 0) fail('the build failed; what is wrong stands above')
  writeFileSync(built, options)
  // Nothing depends on it but the time that a start takes.
  const bundling = join(root, 'packages', 'workbench', 'bundle.mjs')
  spawnSync(process.execPath, [bundling], { cwd: root, stdio: ['ignore', 2, 2] })
}

function run(command, args, env) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH ?? '', dirname(process.execPath)].join(
    delimiter,
  )
  return spawnSync(windows ? `${command}.cmd` : command, args, {
    cwd: root,
    // Standard output belongs to whoever called us.
    stdio: ['ignore', 2, 2],
    shell: windows,
    env: { ...process.env, DO_NOT_TRACK: '1', TURBO_TELEMETRY_DISABLED: '1', PATH: path, ...env },
  })
}

function say(text) {
  process.stderr.write(`gatehouse setup: ${text}\n`)
}

function fail(text) {
  say(text)
  process.exit(3)
}
