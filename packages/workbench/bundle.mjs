/**
 * Makes one bundle of the gateway's compiled modules and of the libraries that they use, in packages/gateway/dist/bundle. The
 * command takes it as long as the modules are what it was made of (gateway/src/current-bundle.ts), and the modules otherwise.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const gateway = join(root, 'packages', 'gateway')
const bundle = join(gateway, 'dist', 'bundle')
const making = `${bundle}-${process.pid}`

/**
 * The command, its worker processes, and the thread that reads Postgres: what is started by the path of its file. MySQL's runs
 * from its modules: its library looks for a module of its own by a path that nobody can foresee.
 */
const ENTRIES = {
  run: join(gateway, 'dist', 'run.js'),
  'worker-main': join(gateway, 'dist', 'workers', 'worker-main.js'),
  'postgres-worker': join(root, 'packages', 'sql', 'dist', 'postgres', 'worker.js'),
}
/** Drivers of databases try these and do without; the servers of the demo look for what is installed beside themselves. */
const OUTSIDE = [
  '@gatehouse/embedded',
  ...['pg-native', 'kerberos', '@mongodb-js/zstd', 'snappy', 'mongodb-client-encryption'],
  ...['gcp-metadata', 'socks', 'aws4'],
]
/** A change of any of them may change what is bundled without touching a module. */
const BESIDE = [join(root, 'pnpm-lock.yaml'), join(root, 'package.json'), join(gateway, 'package.json')]

const { currentBundle } = await import(new URL('../gateway/dist/current-bundle.js', import.meta.url))
if (currentBundle() === undefined) await make()

async function make() {
  rmSync(bundle, { recursive: true, force: true })
  const foreign = foreignAdapter()
  if (foreign !== undefined) return say(`not bundled: ${foreign} shares its modules with the gateway`)
  try {
    const { rolldown } = await import('rolldown')
    const build = await rolldown({
      input: ENTRIES,
      platform: 'node',
      external: OUTSIDE,
      plugins: [{ name: 'places', transform: { filter: { code: 'import.meta.' }, handler: inPlace } }],
    })
    const made = await build.write({
      dir: making,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
    })
    await build.close()
    const modules = made.output.flatMap((each) => (each.type === 'chunk' ? each.moduleIds : []))
    const own = modules.filter((path) => path.startsWith(root) && !path.includes('node_modules'))
    const inputs = [...new Set([...own, ...BESIDE])].map((path) => {
      const { size, mtimeMs } = statSync(path)
      return [relative(bundle, path), size, mtimeMs]
    })
    mkdirSync(making, { recursive: true })
    writeFileSync(join(making, 'inputs.json'), JSON.stringify(inputs))
    renameSync(making, bundle)
  } catch (fault) {
    rmSync(making, { recursive: true, force: true })
    say(`not bundled, it starts more slowly: ${fault.message}`)
  }
}

/** What a module finds beside itself it finds from the bundle too; what is an entry stands in the bundle. */
function inPlace(code, id) {
  if (code.includes('import.meta.resolve')) throw new Error(`${id} looks for what is installed beside it`)
  const entries = new Map(Object.entries(ENTRIES).map(([name, path]) => [path, name]))
  const here = JSON.stringify(relative(bundle, id))
  return code
    .split(/(new URL\('[^']+', import\.meta\.url\))/)
    .map((part) => {
      const [, path] = /^new URL\('([^']+)', import\.meta\.url\)$/.exec(part) ?? []
      const name = path === undefined ? undefined : entries.get(resolve(dirname(id), path))
      return name === undefined
        ? part.replaceAll('import.meta.url', `new URL(${here}, import.meta.url).href`)
        : `new URL('./${name}.js', import.meta.url)`
    })
    .join('')
}

/** An adapter of somebody else that is installed: it has to find the very modules that the gateway runs. */
function foreignAdapter() {
  for (const folder of [root, gateway]) {
    const { dependencies = {} } = manifest(folder)
    for (const name of Object.keys(dependencies)) {
      if (name.startsWith('@gatehouse/')) continue
      const { dependencies: theirs = {}, peerDependencies: wanted = {} } = manifest(
        join(folder, 'node_modules', name),
      )
      if (Object.keys({ ...theirs, ...wanted }).some((each) => each.startsWith('@gatehouse/'))) return name
    }
  }
  return undefined
}

function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

function say(text) {
  process.stderr.write(`gatehouse setup: ${text}\n`)
}
