/** psql, tried: each version that is here, by scripts; what it prints and how it ends is what a caller notices. */
import { spawn } from 'node:child_process'
import type { Contact } from './contact.js'
import { ERRORS, type Feature, SQL, STATES } from './features.js'
import type { Probe } from './probe.js'
import { libpqEnvironment, runProgram } from './town.js'

type Env = Readonly<Record<string, string>>

const script =
  (path: string, text: string, more: (contact: Contact) => Env = () => ({})) =>
  async (contact: Contact) => {
    const env = { ...libpqEnvironment(contact), ...more(contact) }
    const { code, stdout, stderr } = await runProgram(path, ['-X', '--no-password'], env, text)
    return { code, stdout: stdout.replaceAll(/PID \d+/g, 'PID'), stderr }
  }

const lines = (...texts: readonly string[]) => texts.map((text) => `${text};\n`).join('')
const copied = Array.from({ length: 500 }, (_, at) => `tried\tline ${at}\n`).join('')

export function psqlProbe(path: string, major: number): Probe {
  const run = (text: string) => script(path, text)
  const trials: Partial<Record<Feature, (contact: Contact) => Promise<unknown>>> = {
    connect: run(`${SQL.connect};\n\\encoding\n`),
    tls: script(path, `${SQL.list};\n`, ({ caFile }) => ({
      PGHOST: 'localhost',
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: caFile ?? '',
      PGCHANNELBINDING: 'require',
    })),
    simple: run(lines(SQL.simple, 'select 1 as a \\; select 2 as b', 'table notes', '')),
    prepared: run(
      [
        lines('prepare p (int) as select total from orders where id = $1', 'execute p (1)', 'execute p (2)'),
        major < 16 ? '' : `${SQL.prepared} \\bind 3 \\g\n`,
        major < 18 ? '' : `${SQL.prepared} \\parse own\n\\bind_named own 4 \\g\n\\close_prepared own\n`,
      ].join(''),
    ),
    'copy-out': run(`${SQL.copyOut};\n\\copy (select id, total from orders) to stdout csv header\n`),
    'copy-in': run(
      `begin;\n${SQL.copyIn};\n${copied}\\.\n\\copy notes (subject, body) from stdin\ntried\tb\n\\.\n${lines(SQL.notes, 'rollback', SQL.notes)}`,
    ),
    listen: run(lines('listen news', "notify news, 'hello'", 'select 1')),
    cancel: cancelled(path),
    errors: run(`\\set VERBOSITY sqlstate\n${lines(...STATES, 'select 1 as alive')}`),
    texts: run(`\\set VERBOSITY default\n${lines(...ERRORS)}`),
    transactions: run(
      lines(
        ...['begin', SQL.note, 'savepoint s', SQL.note, 'rollback to s', SQL.notes, 'rollback', SQL.notes],
        ...['begin', '\\set VERBOSITY sqlstate\nselect 1 / 0', 'select 1', 'commit', SQL.notes],
        '\\set ON_ERROR_ROLLBACK on\nbegin',
        ...['select 1 / 0', 'select 2 as on_its_own_savepoint', 'commit'],
      ),
    ),
    large: run(
      `\\pset format unaligned\n${lines(SQL.many, SQL.wide)}\\set FETCH_COUNT 999\n${lines(SQL.many)}`,
    ),
    schema: run('\\d orders\n\\d+ customer_contact\n\\d\n\\df public.*\n\\dT\n\\dv\n\\dn\n\\sf contact_of\n'),
    personal: run(
      `\\pset format unaligned\n\\pset fieldsep '\\t'\n${SQL.personal};\n\\x on\n${SQL.personal};\n\\copy customers to stdout\n`,
    ),
  }
  if (major >= 18) {
    const both = `${SQL.prepared} \\bind 1 \\sendpipeline\n${SQL.prepared} \\bind 2 \\sendpipeline\n`
    const failing = `select 1 / $1::int \\bind 0 \\sendpipeline\n${SQL.prepared} \\bind 3 \\sendpipeline\n`
    const verbosity = '\\set VERBOSITY sqlstate\n'
    trials.pipeline = run(
      `${verbosity}\\startpipeline\n${both}\\syncpipeline\n${failing}\\endpipeline\nselect 1 as alive;\n`,
    )
  }
  return { name: `psql ${major}`, version: String(major), trials }
}

/** Ctrl-C while a statement runs, again and again until it has ended. */
function cancelled(path: string) {
  return (contact: Contact) =>
    new Promise((resolve, reject) => {
      const args = ['-X', '--no-password', '-c', "select 'up'", '-c', SQL.sleep]
      const running = spawn(path, args, { env: libpqEnvironment(contact), stdio: ['ignore', 'pipe', 'pipe'] })
      let told = ''
      let timer: NodeJS.Timeout | undefined
      running.stdout.on('data', () => {
        timer ??= setInterval(() => running.kill('SIGINT'), 200)
      })
      running.stderr.on('data', (part: Buffer) => {
        told += part.toString()
      })
      running.once('error', reject)
      running.once('close', (code) => {
        clearInterval(timer)
        resolve([code, told.split('\n').filter((line) => line.startsWith('ERROR'))])
      })
    })
}
