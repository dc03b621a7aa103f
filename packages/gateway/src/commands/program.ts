/** The `gatehouse` command: what there is to say, in one place. */

import { GatehouseError } from '@gatehouse/core'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { EXIT, type ExitCode } from '../terminal.js'
import { VERSION } from '../version.js'
import type { Context } from './context.js'

/** Each command is loaded, with what it stands on, when it is called. */
export async function runCommand(args: readonly string[], context: Context): Promise<ExitCode> {
  const { terminal } = context
  let code: ExitCode = EXIT.done
  const program = new Command('gatehouse')
    .description(
      'Identity-aware gateway in front of databases: every statement is understood, decided and recorded',
    )
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(add --help to see how it is used)')
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      getOutHasColors: () => terminal.colours,
    })
  const config = () => new Option('-c, --config <file>', 'configuration').default('gatehouse.yaml')
  const json = () => new Option('--json', 'print data for programs').default(false)
  /** `what` returns how it ended. */
  const does =
    <Arguments extends unknown[]>(what: (...args: Arguments) => Promise<ExitCode>) =>
    async (...args: Arguments) => {
      code = await what(...args)
    }

  program
    .command('serve')
    .description('run the listeners; SIGTERM drains, SIGHUP reloads')
    .addOption(config())
    .addOption(
      new Option('--log-level <level>', 'how much to log on stderr')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .action(does(async (options) => (await import('./serve.js')).serve(options, context)))
  program
    .command('check')
    .description('report every fault of configuration and policies; exit 0 or 1')
    .addOption(config())
    .option('--offline', "don't compare with the databases", false)
    .option('--catalog <file>', 'compare field patterns with a catalog from a file')
    .addOption(json())
    .action(does(async (options) => (await import('./check.js')).check(options, context)))

  program
    .command('explain')
    .description('what a statement does, which rules speak, what is decided; exit 0 permitted, 1 not')
    .argument(
      '<statement...>',
      'the statement, after `--`; for MongoDB a line of mongosh, or a command as JSON',
    )
    .addOption(config())
    .option('-l, --listener <name>', 'the listener; may be left out when there is one')
    .option('--as <user>', 'who asks; a local user brings their groups along')
    .option('-g, --group <group>', 'a group of theirs; may be repeated', collect, [])
    .option('--agent <name>', 'the program that asks, alone or for the user')
    .option('-d, --database <name>', "the database; left out: the listener's first")
    .option('--catalog <file>', 'read the catalog from a file instead of the database')
    .addOption(json())
    .action(
      does(async (words: string[], options) =>
        (await import('./explain.js')).explain(words.join(' '), options, context),
      ),
    )
  program
    .command('classes')
    .description("every column's classes of data, with the rule that said so")
    .addOption(config())
    .option('-l, --listener <name>', 'the listener; may be left out when there is one')
    .option(
      '--columns <file>',
      'lines of {"app", "table", "column", "type"} instead of a database; - is stdin',
    )
    .option('--catalog <file>', 'read the catalog from a file instead of the database')
    .addOption(json())
    .action(does(async (options) => (await import('./classes.js')).classes(options, context)))
  program
    .command('catalog')
    .description("the upstream's catalog")
    .command('export')
    .description('print the catalog for `explain --catalog`, `classes --catalog` and policy tests')
    .addOption(config())
    .option('-l, --listener <name>', 'the listener; may be left out when there is one')
    .option('-d, --database <name>', "the database; left out: the listener's first")
    .action(does(async (options) => (await import('./catalog-export.js')).catalogExport(options, context)))
  program
    .command('policy')
    .description('policies as code')
    .command('test')
    .description('run the policy tests (*.test.yaml) of a folder, without a database; exit 0 or 1')
    .argument('<path>', 'a folder, or one file')
    .addOption(json())
    .action(
      does(async (path: string, options) =>
        (await import('./policy-test.js')).policyTest(path, options, context),
      ),
    )
  program
    .command('audit')
    .description('the audit records')
    .command('tail')
    .description('show the records in the spool, or in those of all workers, one line each')
    .addOption(config())
    .option('--spool <folder>', "a spool's folder instead of the configuration's")
    .addOption(
      new Option('-n, --lines <count>', 'how many of the last ones')
        .argParser(wholeNumber(1_000_000))
        .default(20),
    )
    .option('-f, --follow', 'go on as records are written', false)
    .addOption(json())
    .action(does(async (options) => (await import('./audit-tail.js')).auditTail(options, context)))
  program
    .command('demo')
    .description('a database with sample data and a gateway in front of it; Ctrl-C stops all')
    .addOption(
      new Option(
        '-w, --with <database>',
        'an embedded Postgres, the MariaDB of this machine, or a FerretDB that was provided',
      )
        .choices(['postgres', 'mysql', 'mongodb'])
        .default('postgres'),
    )
    .option('--tour', 'end after the tour', false)
    .addOption(
      new Option('-p, --port <port>', 'where the gateway listens; 0 picks one')
        .argParser(wholeNumber(65_535))
        .default(0),
    )
    .action(does(async (options) => (await import('./demo.js')).demo(options, context)))

  try {
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (fault) {
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? EXIT.done : EXIT.usage
    terminal.progress(undefined)
    const wrong =
      fault instanceof GatehouseError && (fault.code === 'GH_CONFIGURATION' || fault.code === 'GH_POLICY')
    terminal.err(`gatehouse: ${fault instanceof Error ? fault.message : String(fault)}`)
    if (!(fault instanceof GatehouseError) && fault instanceof Error && context.env.GATEHOUSE_DEBUG)
      terminal.err(fault.stack ?? '')
    return wrong ? EXIT.usage : EXIT.failed
  }
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

function wholeNumber(most: number): (value: string) => number {
  return (value) => {
    if (/^\d{1,9}$/.test(value) && Number(value) <= most) return Number(value)
    throw new InvalidArgumentError(`expected a whole number from 0 to ${most}`)
  }
}
