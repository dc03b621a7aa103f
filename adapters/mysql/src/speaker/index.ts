/** MySQL and MariaDB as the contract's suite speaks them: a client's side, a server's, and the world's words in SQL. */
import type { Speaker } from '@gatehouse/adapter-contract'
import { concatBytes } from '@gatehouse/adapter-kit'
import type { RefusalCode } from '@gatehouse/core'
import type { MysqlFlavour } from '@gatehouse/sql'
import { COM, eofPayload, errPayload, okPayload, packets, STATUS, u24 } from '../messages/index.js'
import { createActor } from './actor.js'
import { ask, comparable, FORMS, goOn, hear, repeat } from './forms.js'
import { preparedPayloads, resultHead, textRow } from './results.js'
import { disguise, say, ways, wrapped } from './say.js'
import { signIn } from './sign-in.js'

/** interface.md §5, written down once more so that a slip in the adapter's table shows. */
const NATIVE: Partial<Record<RefusalCode, string>> = {
  GH_SIGN_IN: '1045',
  GH_CONNECT: '1044',
  GH_AUDIT_UNAVAILABLE: '1105',
  GH_ROW_LIMIT: '1644',
  GH_APPROVAL: '1644',
  GH_PROBING: '1143',
  GH_TOO_LARGE: '1153',
  GH_TOO_MANY: '1040',
  GH_ENDED: '1317',
  GH_DRAINING: '1053',
  GH_UPSTREAM: '2013',
}

const HEADER = 4
const LONGEST = 0xffffff

const ping = (sequence: number) => packets(sequence, Uint8Array.of(COM.PING))
/** What a frame is, its payload's first byte says: it counts as part of the header. */
const declare = (length: number) =>
  Uint8Array.from([...u24(Math.min(LONGEST, length - HEADER)), 0, COM.QUERY])

const sample = { columns: [{ name: 'note', kind: 'text' }], rows: [] } as const
const status = STATUS.AUTOCOMMIT
const inOrder = (payloads: readonly Uint8Array[]) =>
  concatBytes(payloads.map((content, index) => packets(index + 1, content)))

export const speakerOf = (flavour: MysqlFlavour): Speaker => ({
  header: HEADER,
  forms: FORMS[flavour],
  ways,
  transactions: { begin: 'begin', commit: 'commit', rollback: 'rollback', errorLeaves: 'open' },
  resource: (relation) => ['shop', relation],
  say,
  ask,
  goOn,
  repeat,
  several: (texts) => texts.join('; '),
  disguise,
  opaque: [
    'call nobody(1)',
    'select nobody_knows(1)',
    'select id from customers where nobody_knows(email)',
    'do nobody_knows(1)',
    'set @shown = nobody_knows(1)',
    'prepare one from @shown',
    "execute immediate concat('select card ', 'from payments')",
    'begin not atomic execute immediate @shown; end',
  ],
  unreadable: ['selec 1', 'select from where', ')', 'select 1 1 1', 'select 1 /* not ended'],
  wrapped,
  // MariaDB's documents are texts: that one is a document shows in where it is stored, and the world stores none.
  ...(flavour === 'mysql' ? { document: (json: string) => `select cast('${json}' as json) as shown` } : {}),
  declare,
  impossible: [ping(1), ping(255), packets(7, new Uint8Array(300)), packets(2, new Uint8Array(0))],
  garble(random) {
    const body = Uint8Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256))
    const codes = [...Object.values(COM), 0x30, 0xfe, 0xff]
    const code = codes[Math.floor(random() * codes.length)] as number
    return packets(random() < 0.9 ? 0 : Math.floor(random() * 256), Uint8Array.of(code, ...body))
  },
  unasked: [],
  outOfTurn: [
    packets(1, okPayload({ status })),
    packets(0, okPayload({ status })),
    packets(1, eofPayload({ warnings: 0, status })),
    packets(1, textRow(['leaked'])),
    inOrder([
      ...resultHead(sample, status, flavour),
      textRow(['leaked']),
      eofPayload({ warnings: 0, status }),
    ]),
    inOrder(preparedPayloads(1, sample, status, flavour)),
    packets(1, errPayload(1064, 'for nobody', '42000')),
    packets(0, errPayload(1064, 'for nobody', '42000')),
    packets(1, Uint8Array.from([0xfb, 0x2f, 0x65])),
  ],
  native: (code) => NATIVE[code] ?? '1142',
  signIn,
  hear,
  comparable,
  createActor: (scene) => createActor(flavour, scene),
})
