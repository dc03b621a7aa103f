/** The log: one JSON object per line on stderr, no secrets, clients' text made harmless. */

import { printable } from '@gatehouse/audit'
import { type DestinationStream, destination, pino } from 'pino'

export interface Log {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
  fatal(facts: object, message: string): void
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Whatever a caller may hand in by mistake. */
const SECRET_KEYS = ['password', 'secret', 'token', 'key', 'assertion', 'authorization']

export function createLog(instance: string, level: LogLevel, to?: DestinationStream): Log {
  const options = {
    level,
    base: { instance },
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
  }
  const lines = pino(options, to ?? destination({ fd: 2, sync: true }))
  const write = (how: 'debug' | 'info' | 'warn' | 'error' | 'fatal') => (facts: object, message: string) =>
    lines[how](harmless(facts), printable(message))
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  }
}

function harmless(facts: object): object {
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [key, typeof value === 'string' ? printable(value) : value]),
  )
}

/** What a fault says of itself, for a log line: its code and message, its causes' messages, no stack. */
export function faultFacts(fault: unknown): object {
  if (!(fault instanceof Error)) return { fault: String(fault) }
  const code = 'code' in fault && typeof fault.code === 'string' ? { code: fault.code } : {}
  const cause = fault.cause instanceof Error ? { cause: fault.cause.message } : {}
  return { fault: fault.message, ...code, ...cause }
}
