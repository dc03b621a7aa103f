/** R16, R17, R19, R20: two databases that differ in masked values alone cannot be told apart by who sees them masked. */
import { describePart } from '@gatehouse/workbench'
import { type Document, EJSON } from 'bson'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { title } from './attack.js'
import type { Attacker } from './attacker.js'
import { ATTACKS_BY_TURNS } from './attacks-by-turns.js'
import { ATTACKS_ON_READING } from './attacks-on-reading.js'
import { LOOKUPS, PROBES } from './probes.js'
import { createScene, type Scene, TWINS, type Twin } from './scene.js'

describePart('ferretdb', 'the twins', () => {
  let scene: Scene
  let viewer: Attacker
  let direct: Attacker
  beforeAll(async () => {
    scene = await createScene()
    viewer = await scene.open('redacted')
    direct = await scene.openDirect()
  })
  afterAll(async () => {
    viewer?.close()
    direct?.close()
    await scene?.close()
  })

  /** What the answer says, without what differs from one command to the next. */
  async function ask(attacker: Attacker, command: Document, twin: Twin): Promise<string> {
    const answers = await attacker.run(command, twin)
    return EJSON.stringify(answers, { relaxed: false })
      .replaceAll('shep', 'shop')
      .replaceAll(/"id-\d+"/g, '"id"')
      .replaceAll(/"id":\{"\$numberLong":"[1-9]\d*"\}/g, '"id":"open"')
      .replaceAll(/documents_\d+/g, 'documents')
      .replaceAll(/"[^"]*(?:time|millis)[^"]*":\{"\$number[A-Za-z]+":"[^"]*"\}/gi, '"time"')
  }

  const shown = [...ATTACKS_ON_READING, ...ATTACKS_BY_TURNS].flatMap(({ steps }) =>
    steps.length === 1 && !JSON.stringify(steps).includes('$sample') ? steps : [],
  )
  test.each([...PROBES, ...shown].map((command) => [title({ steps: [command] }), command] as const))(
    '%s',
    async (_, command) => {
      const [one, other] = [await ask(viewer, command, 'shop'), await ask(viewer, command, 'shep')]
      expect(other).toBe(one)
    },
  )

  describe('what R17 allows is answered', () => {
    test.each(LOOKUPS.map((command) => [title({ steps: [command] }), command] as const))(
      '%s',
      async (_, command) => {
        const [one, other] = [await ask(viewer, command, 'shop'), await ask(viewer, command, 'shep')]
        expect(one).not.toContain('gatehouse')
        expect(other).not.toBe(one)
      },
    )
  })

  test('the databases differ where nobody is masked, and nothing was written', async () => {
    const before = await Promise.all(TWINS.map((twin) => scene.state(twin)))
    const reads = PROBES.filter((each) => 'find' in each || 'aggregate' in each)
    const same: string[] = []
    for (const command of reads)
      if ((await ask(direct, command, 'shop')) === (await ask(direct, command, 'shep')))
        same.push(title({ steps: [command] }))
    expect(same.length, same.join('\n')).toBeLessThan(reads.length / 2)
    expect(await Promise.all(TWINS.map((twin) => scene.state(twin)))).toEqual(before)
  })
})
