import process from 'node:process'
import { describePart, type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { canonicalise } from '../canonical.js'
import { UNNAMED, UNNAMED_COLUMNS } from './expressions.js'
import { ATOMS, GAPS, JOINTS, STATEMENTS, TOOLS } from './statements.js'
import { openTwins, type TwinSessions } from './twin-sessions.js'

const LONG = process.env.GATEHOUSE_LONG === '1'
const ROUNDS = LONG ? 15_000 : 1_500
const WITHIN = LONG ? 1_800_000 : 120_000

/** Without the columns' names, which `outcome` puts last in their pairs. */
const unnamed = (told: string) => told.replaceAll(/\[(\d+),"(?:[^"\\]|\\.)*"\]/g, '$1')

/** A small generator of its own (xorshift), so that a run can be repeated. */
function dice(seed: number): (sides: number) => number {
  let state = seed | 1
  return (sides) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % sides
  }
}

for (const [part, start] of [
  ['mariadbd', startMariadb],
  ['mysql', startMysql],
] as const) {
  describePart(part, `what ${part} makes of a text and of its canonical form`, () => {
    let server: MysqlServer
    let twins: TwinSessions
    beforeAll(async () => {
      server = await start()
      twins = await openTwins(server)
    })
    afterAll(async () => {
      await twins?.close()
      await server?.stop()
    })

    interface Sum {
      same: number
      /** The same but for what a column that nobody named is called. */
      readonly renamed: string[]
      errors: number
      readonly refused: Map<string, number>
      readonly differences: string[]
    }

    async function compare(texts: Iterable<string>): Promise<Sum> {
      const sum: Sum = { same: 0, renamed: [], errors: 0, refused: new Map(), differences: [] }
      for (const text of texts) {
        const canonical = canonicalise(text, twins.mode)
        if (canonical.kind === 'refused') {
          sum.refused.set(canonical.why, (sum.refused.get(canonical.why) ?? 0) + 1)
          continue
        }
        const [raw, other] = await twins.ask(text, canonical.text)
        if (raw !== other && unnamed(raw) === unnamed(other))
          sum.renamed.push(`${JSON.stringify(text)}: ${raw} | ${other}`)
        else if (raw === other) {
          sum.same++
          if (raw.startsWith('error')) sum.errors++
        } else
          sum.differences.push(
            `${JSON.stringify(text)} => ${JSON.stringify(canonical.text)}: ${raw.slice(0, 300)} | ${other.slice(0, 300)}`,
          )
      }
      return sum
    }

    function report(name: string, sum: Sum): void {
      const refused = [...sum.refused.values()].reduce((all, one) => all + one, 0)
      console.log(
        `${part}, ${name}: ${sum.same} the same (${sum.errors} of them errors), ${sum.renamed.length} renamed, ${sum.differences.length} different, ${refused} refused`,
      )
      // Control characters, and letters that no name holds, within an expression.
      expect(sum.renamed.length, name).toBeLessThan(Math.max(1, sum.same / 40))
      if (process.env.GATEHOUSE_SHOW === '1') console.log(sum.refused, sum.differences)
    }

    test(
      'every kind of statement, and what tools send',
      async () => {
        const sum = await compare([...STATEMENTS, ...TOOLS].map((text) => text.replaceAll('¤', ' ')))
        report('statements as written', sum)
        expect(sum.differences).toEqual([])
      },
      WITHIN,
    )

    test(
      'comments and white space in every place',
      async () => {
        const roll = dice(7)
        const marked = STATEMENTS.filter((text) => text.includes('¤'))
        await twins.refresh()
        const texts = Array.from({ length: ROUNDS }, () =>
          (marked[roll(marked.length)] ?? '').replaceAll('¤', () => GAPS[roll(GAPS.length)] ?? ''),
        )
        const sum = await compare(texts)
        report('gaps', sum)
        expect(sum.differences).toEqual([])
      },
      WITHIN,
    )

    function expressions(seed: number, count: number): string[] {
      const roll = dice(seed)
      const pick = (from: readonly string[]) => from[roll(from.length)] ?? ''
      const expression = () => {
        let text = pick(ATOMS)
        for (let more = roll(4); more > 0; more--) {
          const gap = () => (roll(3) === 0 ? pick(GAPS) : roll(2) === 0 ? ' ' : '')
          text += gap() + pick(JOINTS) + gap() + pick(ATOMS)
        }
        return text
      }
      return Array.from({ length: count }, () => pick(FRAMES).replace('…', () => expression()))
    }

    test(
      'expressions of every lexical form, with and without space',
      async () => {
        await twins.refresh()
        const sum = await compare(expressions(11, ROUNDS * 2))
        report('expressions', sum)
        expect(sum.differences).toEqual([])
      },
      WITHIN,
    )

    test.each([
      ['IGNORE_SPACE'],
      ['PIPES_AS_CONCAT'],
      ['ANSI_QUOTES'],
      ['IGNORE_SPACE,PIPES_AS_CONCAT,ANSI_QUOTES'],
    ])('expressions under %s', async (words) => {
      const usual = twins
      twins = await openTwins(server, words.split(','))
      try {
        const sum = await compare(expressions(13, ROUNDS / 3))
        report(words, sum)
        expect(sum.differences).toEqual([])
      } finally {
        await twins.close()
        twins = usual
      }
    })

    test.each(['NO_ENGINE_SUBSTITUTION', 'IGNORE_SPACE'])('columns that nobody named, %s', async (words) => {
      const usual = twins
      twins = await openTwins(server, [words])
      try {
        const bare = UNNAMED.flatMap((list) => [
          `select ${list}`,
          `select ${list}  from t`,
          `(select ${list})`,
        ])
        const ofColumns = UNNAMED_COLUMNS.flatMap((list) => [
          `select ${list} from t`,
          `select ${list},1 from t limit 1`,
        ])
        const sum = await compare([...bare, ...ofColumns])
        report('columns that nobody named', sum)
        expect([...sum.differences, ...sum.renamed]).toEqual([])
      } finally {
        await twins.close()
        twins = usual
      }
    })

    function textOf(text: string): string {
      const found = canonicalise(text, twins.mode)
      return found.kind === 'canonical' ? found.text : ''
    }

    test(
      'several statements in one text',
      async () => {
        const usual = twins
        twins = await openTwins(server, [], true)
        try {
          const roll = dice(17)
          const one = () =>
            (STATEMENTS[roll(STATEMENTS.length)] ?? '').replaceAll('¤', () => GAPS[roll(GAPS.length)] ?? '')
          // A comment behind the last `;` is one more statement to the server (it answers OK), and dropped here.
          const texts = Array.from({ length: ROUNDS / 5 }, () =>
            Array.from({ length: 1 + roll(3) }, one).join(
              [';', '; ', ' ;', ';\n', '; -- c\n', '/* ; */;'][roll(6)],
            ),
          ).filter((text) => !/;\s*$/.test(textOf(text)))
          const sum = await compare(texts)
          report('several statements', sum)
          expect(sum.differences).toEqual([])
        } finally {
          await twins.close()
          twins = usual
        }
      },
      WITHIN,
    )
  })
}

const FRAMES = [
  'select …',
  'select … from t where id<3',
  'select id from t where …',
  'select…from t',
  '/*!50000 select*/ …',
  'select … union select 1',
]
