import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { startEmbeddedPostgres } from './embedded-postgres.js'
import { findPostgresBinaries, platformPackage } from './postgres-binaries.js'
import { temporaryFolder } from './temporary-folder.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function keep<T extends { stop(): unknown }>(part: T): T {
  cleanups.push(() => part.stop())
  return part
}

function folder() {
  const made = temporaryFolder('test')
  cleanups.push(made.remove)
  return made.path
}

describe('the server', () => {
  test('accepts connections when the start resolves, and none after stop; its folder is gone', async () => {
    const server = keep(await startEmbeddedPostgres())
    expect(await accepts(server.port)).toBe(true)
    await server.stop()
    await server.stop()
    expect(await accepts(server.port)).toBe(false)
    expect(existsSync(server.dataDir)).toBe(false)
    expect(alive(server.pid)).toBe(false)
  })

  test('comes back on the same port after a restart and after kill -9', async () => {
    const server = keep(await startEmbeddedPostgres())
    const first = server.pid
    await server.restart()
    expect(server.pid).not.toBe(first)
    expect(alive(first)).toBe(false)
    await server.kill9()
    expect(await accepts(server.port)).toBe(false)
    await server.restart()
    expect(await accepts(server.port)).toBe(true)
    expect(readFileSync(server.logFile, 'utf8')).toContain('was not properly shut down')
  })

  test('keeps a data folder that is named, and wants its password the next time', async () => {
    const dataDir = join(folder(), 'kept')
    const first = await startEmbeddedPostgres({ dataDir, password: 'secret' })
    await first.stop()
    expect(existsSync(join(dataDir, 'PG_VERSION'))).toBe(true)
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow('password must be given')
    const second = keep(await startEmbeddedPostgres({ dataDir, password: 'secret' }))
    expect(await accepts(second.port)).toBe(true)
  })

  test('says in its own words why it did not start', async () => {
    await expect(startEmbeddedPostgres({ settings: { no_such_setting: 1 } })).rejects.toThrow(
      'no_such_setting',
    )
  })

  test('takes another port than one that is taken, and says so when the port was asked for', async () => {
    const first = keep(await startEmbeddedPostgres())
    await expect(startEmbeddedPostgres({ port: first.port })).rejects.toThrow(/Address already in use/)
  })
})

describe('left alone', () => {
  test('the server dies with the process that started it, even by kill -9, and its folder goes', async () => {
    const script = `
      import { startEmbeddedPostgres } from ${JSON.stringify(import.meta.resolve('../dist/index.js'))}
      const server = await startEmbeddedPostgres()
      console.log(JSON.stringify({ pid: server.pid, dataDir: server.dataDir }))
      setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    cleanups.push(() => parent.kill('SIGKILL'))
    const line = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (data) => resolve(String(data))),
    )
    const { pid, dataDir } = JSON.parse(line) as { pid: number; dataDir: string }
    expect(alive(pid)).toBe(true)
    parent.kill('SIGKILL')
    await eventually(() => !alive(pid) && !existsSync(dirname(dataDir)))
  })
})

describe('the programs', () => {
  const packageFolder = dirname(dirname(fileURLToPath(import.meta.resolve(platformPackage()))))

  test('run although the install script that links their libraries did not', () => {
    const copy = join(folder(), 'package')
    cpSync(packageFolder, copy, { recursive: true, verbatimSymlinks: true })
    const links = JSON.parse(readFileSync(join(copy, 'native', 'pg-symlinks.json'), 'utf8')) as {
      target: string
    }[]
    for (const { target } of links) unlinkSync(join(copy, target))
    const { postgres } = findPostgresBinaries(copy)
    expect(execFileSync(postgres, ['--version'], { env: {} }).toString()).toContain('(PostgreSQL) 18')
    expect(postgres.startsWith(copy)).toBe(true)
  })

  const testAsRoot = process.getuid?.() === 0 ? test : () => undefined
  testAsRoot('are copied to where the server may read them, if they lie in a closed folder', () => {
    const home = folder()
    const copy = join(home, 'package')
    cpSync(packageFolder, copy, { recursive: true, verbatimSymlinks: true })
    const closed = join(home, 'package', 'native')
    chmodSync(closed, 0o700)
    writeFileSync(join(copy, 'package.json'), JSON.stringify({ version: '18.4.0-test' }))
    const cache = process.env.GATEHOUSE_CACHE
    process.env.GATEHOUSE_CACHE = join(folder(), 'cache')
    chmodSync(dirname(process.env.GATEHOUSE_CACHE), 0o711)
    try {
      const { postgres } = findPostgresBinaries(copy)
      expect(postgres.startsWith(process.env.GATEHOUSE_CACHE)).toBe(true)
      expect(statSync(postgres).mode & 0o111).toBe(0o111)
      expect(findPostgresBinaries(copy).postgres).toBe(postgres)
    } finally {
      if (cache === undefined) delete process.env.GATEHOUSE_CACHE
      else process.env.GATEHOUSE_CACHE = cache
    }
  })
})

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && !holds(); attempt += 1) await sleep(50)
  expect(holds()).toBe(true)
}
