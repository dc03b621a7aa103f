/** R16, R17, R19, R20: two databases that differ in masked values alone cannot be told apart by who sees them masked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ANSWERED, BY_DESIGN, CHANGES, ORACLES } from './oracles.js'
import { PROBES } from './probes.js'
import { createTwins, type Twins, VIEWERS, type Viewer } from './twins.js'

let twins: Twins

beforeAll(async () => {
  twins = await createTwins()
})
afterAll(() => twins.close())

const FORMS = ['simple', 'binary'] as const
const VIEWER_NAMES = Object.keys(VIEWERS) as Viewer[]
const title = (statement: string) => statement.replaceAll(/[%$]/g, '$&$&')

async function askBoth(viewer: Viewer, statement: string, form: (typeof FORMS)[number]) {
  return [
    await twins.ask(viewer, 'shop', statement, form),
    await twins.ask(viewer, 'shep', statement, form),
  ] as const
}

describe('no answer differs', () => {
  for (const statement of ORACLES)
    test(title(statement), async () => {
      for (const viewer of VIEWER_NAMES)
        for (const form of FORMS) {
          const [one, other] = await askBoth(viewer, statement, form)
          expect(other, `${viewer}, ${form}`).toBe(one)
        }
    })

  for (const statement of PROBES)
    test(title(statement), async () => {
      const [one, other] = await askBoth('writer', statement, 'simple')
      expect(other).toBe(one)
    })
})

describe('answered, with the same bytes', () => {
  test.each(ANSWERED)('%s', async (statement) => {
    for (const form of FORMS) {
      const [one, other] = await askBoth('clerk', statement, form)
      expect(one).not.toContain('gatehouse: {')
      expect(other).toBe(one)
    }
  })
})

describe('done', () => {
  test.each(CHANGES)('%s', async (statement) => {
    const [one, other] = await askBoth('writer', statement, 'simple')
    expect(one).not.toContain('gatehouse: {')
    expect(one).not.toContain('SERROR')
    expect(other).toBe(one)
  })
})

describe('the databases differ where nobody is masked', () => {
  test('most of these statements tell them apart', async () => {
    let told = 0
    const tried = [...new Set([...ORACLES, ...PROBES])].filter(
      (each) => !/^(declare|prepare|copy)/.test(each),
    )
    for (const statement of tried)
      if ((await twins.askDirectly('shop', statement)) !== (await twins.askDirectly('shep', statement)))
        told++
    expect(told).toBeGreaterThan(200)
  })

  test.each(BY_DESIGN)("what a view's owner chose is shown: %s", async (statement) => {
    const [one, other] = await askBoth('clerk', statement, 'simple')
    expect(one).not.toContain('gatehouse: {')
    expect(other).not.toBe(one)
  })
})
