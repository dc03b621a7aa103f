/** The `gatehouse` command itself: importing it runs it. */
import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { runCommand } from './commands/program.js'
import { createTerminal } from './terminal.js'

// A reader that went away (`gatehouse … | head`) is no fault of ours.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

process.exitCode = await runCommand(process.argv.slice(2), {
  terminal: createTerminal(process),
  env: process.env,
  now: Date.now,
  random: (size) => randomBytes(size),
})
// Nothing is left running by now; should something be, it must not keep the shell waiting.
setTimeout(() => process.exit(), 1_000).unref()
