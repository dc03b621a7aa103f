import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterEach, expect, test } from 'vitest'
import { certificates, describePart, findTool, type MysqlServer, startMariadb, startMysql } from './index.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function keep<T extends { stop(): unknown }>(part: T): T {
  cleanups.push(() => part.stop())
  return part
}

async function ask(server: MysqlServer, text: string, ca?: string): Promise<unknown> {
  const { host, port, user, password } = server
  const ssl = ca === undefined ? {} : { ssl: { ca } }
  const client = await createConnection({ host, port, user, password, ...ssl })
  try {
    const [rows] = await client.query<RowDataPacket[]>(text)
    return rows
  } finally {
    await client.end()
  }
}

const STARTS = [
  ['mariadbd', 'mariadb', startMariadb],
  ['mysql', 'mysql', startMysql],
] as const

for (const [part, flavour, start] of STARTS) {
  describePart([part, 'openssl'], `${flavour} as a server`, () => {
    test('runs with TLS and the settings that were asked for', async () => {
      const tls = await certificates()
      cleanups.push(tls.remove)
      const server = keep(await start({ tls, settings: { 'max-allowed-packet': 2097152 } }))
      expect(server.flavour).toBe(flavour)
      const ca = readFileSync(tls.ca, 'utf8')
      expect(await ask(server, 'select @@version v, @@max_allowed_packet p', ca)).toEqual([
        { v: server.version, p: 2097152 },
      ])
      const [cipher] = (await ask(server, "show session status like 'Ssl_cipher'", ca)) as RowDataPacket[]
      expect(cipher?.Value).toMatch(/^TLS/)
    })

    test('starts empty each time, keeps its data over a crash, and is gone after stop', async () => {
      const server = keep(await start())
      await ask(server, 'create database d')
      await ask(server, 'create table d.t as select 42 as n')
      await server.kill9()
      await server.restart()
      expect(await ask(server, 'select n from d.t')).toEqual([{ n: 42 }])
      const other = keep(await start())
      await expect(ask(other, 'select n from d.t')).rejects.toThrow(/exist|Unknown database/)
      await other.stop()
      expect(() => process.kill(other.pid, 0)).toThrow()
    })
  })
}

describePart(['mariadbd', 'mariadb', 'mariadb-dump'], "MariaDB's own clients", () => {
  test('sign in over TCP', async () => {
    const { host, port, user, password } = keep(await startMariadb())
    const args = [
      '--no-defaults',
      '-h',
      host,
      '-P',
      String(port),
      '-u',
      user,
      `-p${password}`,
      '--protocol=tcp',
    ]
    const run = (tool: 'mariadb' | 'mariadb-dump', ...more: string[]) =>
      execFileSync(findTool(tool) ?? '', [...args, ...more]).toString()
    expect(run('mariadb', '-N', '-e', 'select 7')).toBe('7\n')
    run('mariadb', '-e', 'create database d; create table d.t (n int)')
    expect(run('mariadb-dump', 'd')).toContain('CREATE TABLE `t`')
  })
})
