/** R16, R17, R19, R20: two databases that differ in masked values alone cannot be told apart by who sees them masked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeFlavours } from '../wire/fixture.js'
import { attacksOn } from './attack.js'
import { type Form, TRIED } from './attacker.js'
import { ATTACKS_ON_READING } from './attacks-on-reading.js'
import { ATTACKS_ON_VALUES } from './attacks-on-values.js'
import { ANSWERED, LOOKUPS, probesOn } from './probes.js'
import { createTwins, type Twins, VIEWERS, type Viewer } from './twins.js'

const VIEWER_NAMES = Object.keys(VIEWERS) as Viewer[]
const title = (statement: string) => statement.slice(0, 150).replaceAll(/[%$]/g, '$&$&')
/** Of a lookup that both twins answer with other rows, since it is allowed to (R17). */
const GUESSED = new Set(LOOKUPS)

describeFlavours('the twins', (flavour) => {
  let twins: Twins
  beforeAll(async () => {
    twins = await createTwins(flavour)
  })
  afterAll(() => twins?.close())

  async function askBoth(viewer: Viewer, statement: string, form: Form) {
    return [
      await twins.ask(viewer, 'shop', statement, form),
      await twins.ask(viewer, 'shep', statement, form),
    ] as const
  }

  const probes = probesOn(flavour)
  const attacks = attacksOn(flavour, [...ATTACKS_ON_VALUES, ...ATTACKS_ON_READING]).flatMap(
    ({ steps, unmasked }) => (steps.length === 1 && unmasked === 'reveals' ? steps : []),
  )
  // The attacks show no trace by themselves (values.test.ts); that nothing else of them differs is for the long run.
  const all = [
    ...new Set(process.env.GATEHOUSE_LONG === undefined ? probes : [...probes, ...attacks]),
  ].filter((each) => !GUESSED.has(each))

  describe('no answer differs', () => {
    for (const statement of all)
      test(title(statement), async () => {
        for (const viewer of VIEWER_NAMES)
          for (const form of TRIED) {
            const [one, other] = await askBoth(viewer, statement, form)
            expect(other, `${viewer}, ${form}`).toBe(one)
          }
      })
  })

  describe('answered, with the same bytes', () => {
    test.each(ANSWERED)('%s', async (statement) => {
      for (const form of TRIED) {
        const [one, other] = await askBoth('clerk', statement, form)
        expect(one).not.toContain('gatehouse: {')
        expect(other).toBe(one)
      }
    })
  })

  test('what R17 allows is answered, and only that tells them apart', async () => {
    for (const statement of LOOKUPS)
      expect(await twins.ask('clerk', 'shop', statement, 'text')).not.toContain('gatehouse: {')
  })

  test('the databases differ where nobody is masked', async () => {
    const same: string[] = []
    const asked = probes.filter((each) => each.startsWith('select id from '))
    for (const statement of asked)
      if ((await twins.askDirectly('shop', statement)) === (await twins.askDirectly('shep', statement)))
        same.push(statement)
    expect(same.length, same.join('\n')).toBeLessThan(asked.length / 3)
  })
})
