import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type TemporaryFolder, temporaryFolder } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** The modules: a bundle of them has their names no more, and is cut where they are loaded late. */
const RUN = fileURLToPath(new URL('../../dist/run.js', import.meta.url))

/** Written to a file: what the process loaded, one URL a line. */
const LISTENER = `
import { appendFileSync } from 'node:fs'
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context)
  appendFileSync(process.env.LOADED, found.url + '\\n')
  return found
}`
const HOOK = `import { register } from 'node:module'
register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(LISTENER)}`)})`

let folder: TemporaryFolder

beforeAll(() => {
  folder = temporaryFolder('engines')
})
afterAll(() => folder.remove())

const OURS = ['postgres', 'mysql', 'mongodb']
/** Their drivers. */
const DRIVERS = { postgres: 'pg', mysql: 'mysql2', mongodb: 'mongodb' }

function serve(protocol: string): { readonly loaded: string; readonly said: string } {
  const config = join(folder.path, `${protocol}.yaml`)
  const list = join(folder.path, `${protocol}.txt`)
  writeFileSync(
    config,
    `apiVersion: gatehouse/v1
dataDir: ./${protocol}
listeners:
  - {name: shop, protocol: ${protocol}, listen: "127.0.0.1:0", upstream: {host: 127.0.0.1, port: 1, user: gatehouse, tls: disable, databases: [shop]}}
policies: [pack:observe]
`,
  )
  const hook = `data:text/javascript,${encodeURIComponent(HOOK)}`
  const ran = spawnSync(process.execPath, ['--import', hook, RUN, 'serve', '-c', config], {
    encoding: 'utf8',
    env: { ...process.env, LOADED: list },
  })
  return { loaded: readFileSync(list, 'utf8'), said: ran.stderr }
}

test.each(OURS)('serving %s loads its adapter and driver, and nobody else’s', (protocol) => {
  const { loaded, said } = serve(protocol)
  expect(said).toContain('ECONNREFUSED')
  const adapters = OURS.filter((each) => loaded.includes(`/adapters/${each}/dist/`))
  const drivers = Object.values(DRIVERS).filter((each) => loaded.includes(`/node_modules/${each}/`))
  expect(adapters).toEqual([protocol])
  expect(drivers).toEqual([DRIVERS[protocol as keyof typeof DRIVERS]])
})
