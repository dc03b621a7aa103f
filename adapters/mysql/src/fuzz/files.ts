/** LOAD DATA LOCAL as a fuzzed client says it: the text, and the file once it is asked for. */
import { type Dice, pick } from '@gatehouse/adapter-contract'
import { concatBytes } from '@gatehouse/adapter-kit'
import { packets, payload } from '../messages/index.js'
import * as ask from '../wire/requests.js'
import { FILE } from './hearing.js'
import { LOCAL_INFILE, UNFIT } from './loading.js'
import { asked, type Request } from './requests.js'
import { LOADS } from './statements.js'

/** Of the first packet of a file: the question has number 1. */
const FIRST = 2
const PARTS = [
  '1,one\n',
  '2,t',
  'wo\n',
  `${UNFIT}\n`,
  '3,x\n4,y\n',
  "5,'; drop table notes -- \n",
  '\u0003select 1\n',
]

const numbered = (parts: readonly string[], first = FIRST) =>
  Buffer.concat(parts.map((part, index) => packets((first + index) & 255, Buffer.from(part))))

function file(dice: Dice): Request {
  // More packets than there are numbers, at times.
  const count = pick(dice, [0, 1, 1, 2, 3, 5, 300])
  const parts = [...Array.from({ length: count }, () => pick(dice, PARTS)), '']
  const following = (FIRST + parts.length) & 255
  return {
    says: `FILE(${count})`,
    bytes: numbered(parts),
    asked: { command: FILE, following, id: 0 },
    waits: true,
    file: true,
  }
}

/** Both: the second is sent when it is asked for, and not at all when it is not. */
export function loading(dice: Dice): readonly Request[] {
  const name = String(1 + dice(97))
  const text = pick(dice, [...LOADS, LOADS[0] as string]).replace('N', name)
  const query: Request = asked(`Q(${text})`, ask.query(text))
  const load = { ...query, asked: { ...query.asked, file: `${name}.csv` } }
  return [load, file(dice)]
}

/** A file among several statements, or prepared: neither is carried. */
export function elsewhere(dice: Dice): Request {
  const text = (LOADS[0] as string).replace('N', '5')
  const [says, content] = pick(dice, [
    [`Q(${text}; select 5)`, ask.query(`${text}; select 5`)],
    [`Q(select 5; ${text})`, ask.query(`select 5; ${text}`)],
    [`PREPARE(${text})`, ask.prepare(text)],
  ] as const)
  return asked(says, content)
}

/** Packets of a file that nobody asked for, or out of their order: an end, whatever was before; or commands that came too soon. */
export function misplaced(dice: Dice): readonly Request[] {
  const [load, whole] = loading(dice) as [Request, Request]
  const broken = { broken: true, file: undefined, waits: undefined } as const
  const soon = asked('Q(select 5) too soon', ask.query('select 5'))
  const early = { ...pick<Request>(dice, [{ ...whole, says: `early ${whole.says}` }, soon]), ...broken }
  const wrong = numbered(['1,one\n', '2,two\n', ''], pick(dice, [0, 1, 3, 255]))
  const late = {
    ...whole,
    ...broken,
    waits: true,
    ends: true,
    says: 'FILE out of order',
    bytes: wrong,
  } as const
  const [first, second] = [numbered(['1,one\n']), numbered(['2,two\n', ''], pick(dice, [0, 2, 4, 200]))]
  const amid = { ...late, says: 'FILE out of order in its midst', bytes: Buffer.concat([first, second]) }
  return [load, pick<Request>(dice, [early, late, amid])]
}

const OTHERS = ['/etc/passwd', '', '5.csv\0', '98.csv', 'C:\\data']
/** Asks for another file than was named, or for one where another answer has its place. */
export function otherFile(dice: Dice): (reply: readonly Uint8Array[]) => Uint8Array {
  return (reply) => {
    const [first] = reply
    if (first === undefined || (first[4] !== LOCAL_INFILE && dice(4) > 0)) return concatBytes(reply)
    const name = dice(4) === 0 ? '5.csv' : pick(dice, OTHERS)
    return packets(first[3] as number, payload([LOCAL_INFILE], Buffer.from(name)))
  }
}
