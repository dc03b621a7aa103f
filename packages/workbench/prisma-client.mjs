/**
 * Makes `client.json` beside a `schema.prisma`: what Prisma's own generator writes for its runtime; the rest of what it writes is types.
 * Run by hand when the schema or Prisma's version changes: `node packages/workbench/prisma-client.mjs <folder of schema.prisma>`.
 *
 * The generator comes with Prisma's command line, 156 packages and 230 MB, which is why it is fetched here and is none of our dependencies.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'

const folder = resolve(process.argv[2] ?? '.')
const { version } = createRequire(join(folder, 'schema.prisma'))('@prisma/client/package.json')
const temporary = mkdtempSync(join(tmpdir(), 'prisma-'))
try {
  const schema = join(temporary, 'schema.prisma')
  writeFileSync(schema, readFileSync(join(folder, 'schema.prisma')))
  execFileSync('npx', ['-y', `prisma@${version}`, 'generate', '--schema', schema], {
    cwd: temporary,
    stdio: 'inherit',
    // Generating is WebAssembly; a native engine for migrations is fetched first unless some file is named in its place.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: schema, CHECKPOINT_DISABLE: '1' },
  })
  const made = readFileSync(join(temporary, 'made/internal/class.ts'), 'utf8')
  const body = made.slice(made.indexOf('const config'), made.indexOf('async function decodeBase64AsWasm'))
  const config = new Function(`${body.replace(/^const config[^=]*=/, 'const config =')}; return config`)()
  writeFileSync(join(folder, 'client.json'), `${JSON.stringify(config, null, 1)}\n`)
} finally {
  rmSync(temporary, { recursive: true })
}
