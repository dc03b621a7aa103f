import type { Outcome, SessionGate } from '@gatehouse/core'
import { expect, test } from 'vitest'
import type { Completion } from './adapter.js'
import { Withheld } from './withheld.js'

const done: Outcome = { status: 'done', returned: 3, affected: 1 }
/** Whose it is does not matter here. */
const of = (outcome: Outcome) => ({ outcome }) as Completion

function watched() {
  const told: Outcome[] = []
  const gate = {
    complete: (_: unknown, outcome: Outcome) => void told.push(outcome),
  } as unknown as SessionGate
  let answer: (stands: boolean) => void = () => {}
  const confirming = new Promise<boolean>((resolve) => {
    answer = resolve
  })
  return { told, withheld: new Withheld(gate), confirming, answer }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('what waits for nothing is told at once', () => {
  const { told, withheld } = watched()
  withheld.until(undefined)
  withheld.complete(of(done))
  expect(told).toEqual([done])
})

test('what is confirmed is told as it came, with its bytes or, where there are none, at once', async () => {
  const { told, withheld, confirming, answer } = watched()
  withheld.until(confirming)
  withheld.complete(of(done))
  const release = withheld.release()
  withheld.complete(of({ ...done, returned: 4 }))
  expect(told).toEqual([])
  answer(true)
  await turn()
  expect(told).toEqual([{ ...done, returned: 4 }])
  release(true)
  expect(told).toHaveLength(2)
  expect(withheld.confirming).toBeUndefined()
})

test('R24 what is not shown was cut off, whether it was refuted or its session ended first, and is told once', async () => {
  const cut = { status: 'cut', returned: 0, affected: 1 }
  const refuted = watched()
  refuted.withheld.until(refuted.confirming)
  refuted.withheld.complete(of(done))
  const release = refuted.withheld.release()
  refuted.answer(false)
  await turn()
  release(false)
  refuted.withheld.drop()
  expect(refuted.told).toEqual([cut])
  const ended = watched()
  ended.withheld.until(ended.confirming)
  ended.withheld.complete(of(done))
  const late = ended.withheld.release()
  ended.withheld.complete(of(done))
  ended.withheld.drop()
  late(true)
  expect(ended.told).toEqual([cut, cut])
})

test('what is asked while something is asked waits for both', async () => {
  const { told, withheld, confirming, answer } = watched()
  withheld.until(confirming)
  withheld.until(Promise.resolve(true))
  withheld.complete(of(done))
  await turn()
  expect(told).toEqual([])
  answer(true)
  await turn()
  expect(told).toEqual([done])
})
