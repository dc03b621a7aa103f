import { expect, test } from 'vitest'
import { createTurns } from './turns.js'

const settled = async (pending: Promise<unknown>) =>
  (await Promise.race([pending.then(() => 'taken'), new Promise((resolve) => setImmediate(resolve))])) ??
  'waits'

test('as many as may, the others in their order; a turn ends once', async () => {
  const turns = createTurns(2)
  const [one, two] = [await turns.take(0), await turns.take(0)]
  const [three, four] = [turns.take(0), turns.take(0)]
  expect([await settled(three), await settled(four)]).toEqual(['waits', 'waits'])
  one()
  one()
  expect([await settled(three), await settled(four)]).toEqual(['taken', 'waits'])
  two()
  expect(await settled(four)).toBe('taken')
  const five = turns.take(0)
  expect(await settled(five)).toBe('waits')
  for (const turn of [three, four, five]) (await turn)()
  expect(await settled(Promise.all([turns.take(0), turns.take(0)]))).toBe('taken')
})

test('whoever waits too long is turned away, and takes nobody’s turn', async () => {
  const turns = createTurns(1)
  const one = await turns.take(10)
  await expect(turns.take(10)).rejects.toMatchObject({ code: 'GH_WIRE' })
  const three = turns.take(0)
  one()
  expect(await settled(three)).toBe('taken')
})
