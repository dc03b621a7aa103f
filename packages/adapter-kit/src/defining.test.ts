import { expect, test } from 'vitest'
import { Defining, type Definition } from './defining.js'

const [me, her, him] = [{}, {}, {}]
const names = (...list: string[]) => new Set(list)
const renames: Definition = { names: names('v', 'w'), swings: true }
const grows: Definition = { names: names('v'), swings: false }
const everything: Definition = { names: undefined, swings: true }

type Step = readonly [object, Definition | 'ends']

function begun(...steps: readonly Step[]): Defining {
  const defining = new Defining()
  for (const [session, step] of steps)
    if (step === 'ends') defining.ends(session)
    else defining.begins(session, step)
  return defining
}

test('only what others define, and what the names meet, speaks against a reading', () => {
  const defining = begun([her, renames])
  expect(defining.touches(0, me, names('v'))).toBe(true)
  expect(defining.touches(0, me, names('u'))).toBe(false)
  expect(defining.touches(0, her, names('v'))).toBe(false)
  expect(begun([her, everything]).touches(0, me, names('u'))).toBe(true)
})

test('what has ended speaks against what was read before, and not against what is read from then on', () => {
  const defining = begun([her, renames], [her, 'ends'])
  expect(defining.touches(1, me, names('v'))).toBe(true)
  expect(defining.touches(defining.moment, me, names('v'))).toBe(false)
  expect(defining.isQuiet(defining.moment)).toBe(true)
  expect(defining.isQuiet(1)).toBe(false)
})

test('two that one could take back from the other leave open what was there in between; one does not', () => {
  const swings = (...steps: readonly Step[]) => begun(...steps).mayHaveSwung(0, me, names('v'))
  expect(swings([her, renames])).toBe(false)
  expect(swings([her, renames], [her, renames])).toBe(true)
  expect(swings([her, renames], [her, 'ends'], [him, renames], [him, 'ends'])).toBe(true)
  expect(swings([her, grows], [her, 'ends'], [him, renames])).toBe(true)
  expect(swings([her, grows], [her, grows], [him, grows])).toBe(false)
  expect(swings([her, renames], [me, renames])).toBe(false)
  expect(swings([her, renames], [him, { names: names('u'), swings: true }])).toBe(false)
})

test('R30 however many there are, no more is kept than it takes to be sure', () => {
  const defining = new Defining()
  for (let round = 0; round < 10_000; round += 1) {
    defining.begins(her, { names: names('u'), swings: true })
    if (round > 5_000) defining.ends(her)
  }
  // Of what is forgotten nobody can say what it was.
  expect(defining.touches(0, me, names('v'))).toBe(true)
  expect(defining.mayHaveSwung(0, me, names('v'))).toBe(true)
  expect(defining.mayHaveSwung(defining.moment, me, names('v'))).toBe(false)
  expect(JSON.stringify(Object.values(defining)).length).toBeLessThan(500_000)
})

test('one session with more than is kept counts as everything', () => {
  const defining = new Defining()
  for (let round = 0; round < 300; round += 1) defining.begins(her, { names: names('u'), swings: true })
  expect(defining.mayHaveSwung(0, me, names('v'))).toBe(true)
})

test('other processes are told of each, under one number until all have ended', () => {
  const defining = new Defining()
  const told: [number, Definition][] = []
  defining.onBegins = (token, definition) => told.push([token, definition])
  for (const each of [renames, grows]) defining.begins(her, each)
  expect(told).toEqual([
    [1, renames],
    [1, grows],
  ])
  expect(defining.isBegun(1)).toBe(true)
  defining.hears(him, everything)
  expect(told).toHaveLength(2)
  defining.ends(her)
  expect(defining.isBegun(1)).toBe(false)
})
