/** The clauses themselves are tested: each saboteur breaks exactly the clauses that it should, and each clause has one. */
import { describe, expect, test } from 'vitest'
import type { ClauseNumber } from '../clause.js'
import { CLAUSES } from '../clauses/index.js'
import { playContract } from '../contract.js'
import { inMeaning } from './in-meaning.js'
import { inObligations } from './in-obligations.js'
import { leftBehind, onTheWire } from './on-the-wire.js'
import type { Saboteur } from './saboteur.js'
import { openToy, toyManifest } from './toy/adapter.js'
import { toySpeaker } from './toy/speaker.js'

const saboteurs = [...onTheWire, ...inMeaning, ...inObligations]
const numbers = CLAUSES.map(({ number }) => number)

/** E5 looks at the whole process, so that it cannot be played while others play. */
async function breaks({ breaks: expected, sabotage }: Saboteur, played: readonly ClauseNumber[]) {
  const verdicts = await playContract(
    {
      manifest: toyManifest,
      speaker: toySpeaker,
      open: async (place) => openToy(place, sabotage()),
      patience: 20_000,
      flood: 16 << 20,
    },
    played,
  )
  const broken = verdicts.filter(({ result }) => result === 'broken')
  const found = broken.map(({ number }) => number)
  const why = broken.map((verdict) => `${verdict.number} ${verdict.why}`).join('\n')
  expect(found, why).toEqual(played.filter((number) => expected.includes(number)))
}

describe.concurrent('saboteurs', () => {
  test.each(saboteurs)('one that $name', { timeout: 120_000 }, (saboteur) =>
    breaks(
      saboteur,
      numbers.filter((number) => number !== 'E5'),
    ),
  )
})

describe('saboteurs and what they leave', () => {
  test.each(saboteurs)('one that $name', { timeout: 120_000 }, async (saboteur) => {
    for (const timer of leftBehind) clearInterval(timer)
    leftBehind.clear()
    try {
      await breaks(saboteur, ['E5'])
    } finally {
      for (const timer of leftBehind) clearInterval(timer)
    }
  })
})

test('no two saboteurs have one name, and every clause has one that breaks it', () => {
  expect(new Set(saboteurs.map(({ name }) => name)).size).toBe(saboteurs.length)
  const broken = new Set(saboteurs.flatMap((saboteur) => saboteur.breaks))
  expect(numbers.filter((number) => !broken.has(number))).toEqual([])
})
