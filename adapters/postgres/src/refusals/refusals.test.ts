/** Refusals must be rare: what tools and analysts say is read, permitted and answered as the server answers (R8, R16). */
import type { PostgresMajor } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasMajor } from '../rules/world.js'
import { type Corpus, distinct, readCorpora } from './corpus.js'
import { type Estate, startEstate } from './estate.js'
import { FORMS, type Heard, replay } from './replay.js'
import { drawPage, purposeOf, type Tally, tallyOf } from './tally.js'

const LONG = process.env.GATEHOUSE_LONG === '1'
const NEWEST: PostgresMajor = 18
const corpora = readCorpora()
const tallies: Tally[] = []

/** In the long form every statement is said in each form; otherwise in one of them, in turn. */
async function sayAll(corpus: Corpus, estate: Estate): Promise<Heard[]> {
  const heard: Heard[] = []
  for (const turn of LONG ? [0, 1, 2] : [0])
    for (const session of corpus.sessions) {
      const lines = await estate.open(corpus.name === 'pg_dump' ? 'keeper' : 'ann')
      for (const [at, said] of session.entries())
        heard.push(await replay(said, FORMS[(LONG ? turn : at) % FORMS.length] ?? 'text', lines))
      await lines.close()
    }
  return heard
}

const describeWrong = ({ said, form, direct, through, refusal, difference, why }: Heard) =>
  [form, direct ?? 'answered', through ?? 'answered', refusal, why, difference, said.text.slice(0, 400)].join(
    ' · ',
  )

function isWrong(corpus: Corpus, heard: Heard): boolean {
  if (heard.refusal !== undefined)
    return heard.direct !== heard.through && purposeOf(corpus, heard) === undefined
  return heard.difference !== undefined || heard.direct !== heard.through
}

const MAJORS = (LONG ? [15, 16, 17, 18] : [15, 18]).filter((major) => hasMajor(major as PostgresMajor))

describe.each(MAJORS as PostgresMajor[])('on Postgres %i', (major) => {
  let estate: Estate
  beforeAll(async () => {
    estate = await startEstate(major)
  })
  afterAll(async () => {
    expect(estate.world.stage.faults).toEqual([])
    await estate.close()
  })

  const said = corpora.filter((corpus) =>
    LONG ? (corpus.major ?? major) <= major : (corpus.major ?? NEWEST) === major,
  )
  test.each(said.map((corpus) => ({ corpus, name: corpus.name })))(
    'R8 R16 every statement of $name is answered as directly',
    async ({ corpus }) => {
      const heard = await sayAll(corpus, estate)
      const wrong = heard.filter((each) => isWrong(corpus, each))
      expect(wrong.map(describeWrong)).toEqual([])
      if (major !== (corpus.major ?? NEWEST)) return
      const tally = tallyOf(corpus, heard)
      tallies.push(tally)
      expect(
        heard.filter(({ direct, refusal }) => direct !== undefined && refusal === undefined).length,
      ).toBeLessThan(heard.length / 20)
    },
    600_000,
  )
})

describe('all of them together', () => {
  test('at most one in a hundred is opaque', () => {
    const total = tallies.reduce((sum, { corpus }) => sum + distinct(corpus), 0)
    const opaque = tallies.reduce((sum, each) => sum + each.opaque, 0)
    expect(total).toBeGreaterThan(500)
    expect(opaque).toBeLessThanOrEqual(total / 100)
  })

  test('the masked columns were masked, and somebody asked for them', () => {
    expect(tallies.find(({ corpus }) => corpus.name === 'masked')?.masked).toBeGreaterThan(8)
    expect(tallies.find(({ corpus }) => corpus.name === 'analyst')?.masked).toBe(0)
  })

  test('docs/refusals.md says what was found', async ({ skip }) => {
    skip(tallies.length !== corpora.length, 'some majors of Postgres are not here')
    const sorted = [...tallies].sort((one, other) => one.corpus.name.localeCompare(other.corpus.name))
    await expect(drawPage(sorted)).toMatchFileSnapshot('../../../../docs/refusals.md')
  })
})
