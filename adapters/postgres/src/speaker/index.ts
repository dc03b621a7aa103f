/** Postgres as the contract's suite speaks it: a client's side, a server's, and the world's words in SQL. */
import type { Form, Speaker } from '@gatehouse/adapter-contract'
import { concatBytes } from '@gatehouse/adapter-kit'
import type { RefusalCode } from '@gatehouse/core'
import {
  BACKEND,
  cstring,
  describe,
  errorResponse,
  execute,
  FRONTEND,
  int16,
  int32,
  message,
  parameterStatus,
  parse,
  query,
  readyForQuery,
  syncMessage,
} from '../messages.js'
import { createActor, dataRow, rowDescription } from './actor.js'
import { hear } from './hearing.js'
import { disguise, say, ways, wrapped } from './say.js'
import { signIn } from './sign-in.js'

const SIMPLE: Form = { name: 'simple', prepared: false, binary: false }
const TEXT: Form = { name: 'extended text', prepared: true, binary: false }
const BINARY: Form = { name: 'extended binary', prepared: true, binary: true }
const NAMED: Form = { name: 'named statement', prepared: true, binary: false }

const nameOf = (form: Form) => (form === NAMED ? 'kept' : '')

/** One result format for all columns. */
const bindAll = (statement: string, binary: boolean) =>
  message(FRONTEND.Bind, cstring(''), cstring(statement), int16(0), int16(0), int16(1), int16(binary ? 1 : 0))

const run = (form: Form) => [
  bindAll(nameOf(form), form.binary),
  describe('P', ''),
  execute('', 0),
  syncMessage,
]

/** interface.md §5, written down once more so that a slip in the adapter's table shows. */
const NATIVE: Partial<Record<RefusalCode, string>> = {
  GH_SIGN_IN: '28P01',
  GH_AUDIT_UNAVAILABLE: '53100',
  GH_ROW_LIMIT: 'XG004',
  GH_APPROVAL: 'XG001',
  GH_TOO_LARGE: '54000',
  GH_ENDED: '57P01',
  GH_DRAINING: '57P03',
  GH_UPSTREAM: '08006',
}

const sample = { columns: [{ name: 'note', kind: 'text' }], rows: [] } as const
/** A notice with the same fields as an error. */
const notice = errorResponse({ severity: 'ERROR', code: '00000', message: 'by the way' }).slice()
notice[0] = BACKEND.NoticeResponse

const declare = (length: number) => concatBytes([Uint8Array.of(FRONTEND.Query), int32(length - 1)])

export const speaker: Speaker = {
  header: 5,
  forms: [SIMPLE, TEXT, BINARY, NAMED],
  ways,
  transactions: { begin: 'begin', commit: 'commit', rollback: 'rollback', errorLeaves: 'failed' },
  resource: (relation) => ['shop', 'public', relation],
  say,
  ask(source, form) {
    if (form === SIMPLE) return query(source)
    const name = nameOf(form)
    const close = message(FRONTEND.Close, Uint8Array.of(0x53), cstring(name))
    return concatBytes([...(form === NAMED ? [close] : []), parse(name, source), ...run(form)])
  },
  repeat: (form) => concatBytes(run(form)),
  several: (texts) => texts.join('; '),
  disguise,
  opaque: [
    "do $$ begin execute 'drop table orders'; end $$",
    'call nobody(1)',
    'select nobody_knows(1)',
    "select query_to_xml('select card from payments', true, false, '')",
    "select * from json_populate_recordset(null::nobody, '[]')",
  ],
  unreadable: ['selec 1', 'select from where', ')', 'select 1 1 1'],
  wrapped,
  document: (json) => `select '${json}'::json as shown`,
  declare,
  impossible: [0, 1, 3, -1, -0x8000_0000].map(declare),
  garble(random) {
    const types = [...Object.values(FRONTEND), ...Object.values(BACKEND), 0, 255]
    const body = Uint8Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256))
    return message(types[Math.floor(random() * types.length)] as number, body)
  },
  unasked: [
    { bytes: notice, says: 'by the way' },
    { bytes: parameterStatus('TimeZone', 'UTC'), says: 'TimeZone=UTC' },
    {
      bytes: message(BACKEND.NotificationResponse, int32(99), cstring('news'), cstring('good')),
      says: 'news=good',
    },
  ],
  outOfTurn: [
    dataRow(sample, ['leaked'], false),
    rowDescription(sample, false),
    message(BACKEND.CommandComplete, cstring('SELECT 1')),
    readyForQuery(0x49),
    message(BACKEND.ParseComplete),
    message(BACKEND.NoData),
    message(BACKEND.CopyInResponse, Uint8Array.of(0), int16(0)),
    message(BACKEND.CopyOutResponse, Uint8Array.of(0), int16(0)),
    message(BACKEND.Authentication, int32(0)),
    errorResponse({ severity: 'ERROR', code: '22000', message: 'for nobody' }),
  ],
  native: (code) => NATIVE[code] ?? '42501',
  signIn,
  hear,
  createActor,
}
