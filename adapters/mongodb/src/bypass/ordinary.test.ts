/** What people do all day is not refused, and comes back as the server has it. */
import { describePart } from '@gatehouse/workbench'
import { type Document, EJSON } from 'bson'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { title } from './attack.js'
import type { Attacker } from './attacker.js'
import { CLEAN, MASKED, PLAIN_NAMES } from './ordinary.js'
import { createScene, type Scene, type Twin } from './scene.js'

describePart('ferretdb', 'ordinary commands', () => {
  let scene: Scene
  let viewer: Attacker
  let direct: Attacker
  beforeAll(async () => {
    scene = await createScene()
    // The same documents twice: what is written through the gateway is not there when it is written directly.
    await scene.restore('shep', 'shop')
    viewer = await scene.open('masked')
    direct = await scene.openDirect()
  })
  afterAll(async () => {
    viewer?.close()
    direct?.close()
    await scene?.close()
  })

  const ask = async (attacker: Attacker, command: Document, twin: Twin): Promise<readonly Document[]> => {
    const answers = await attacker.run(command, twin)
    for (const answer of answers) {
      expect(answer, JSON.stringify(answer)).toMatchObject({ ok: 1 })
      // Each has ids of its own.
      if (answer.cursor?.id !== undefined) answer.cursor.id = String(answer.cursor.id) === '0' ? 0 : 'open'
    }
    return answers
  }
  const text = (answers: readonly Document[]) =>
    EJSON.stringify(answers, { relaxed: false }).replaceAll('shep', 'shop')

  test.each(CLEAN.map((command) => [title({ steps: [command] }), command] as const))(
    '%s',
    async (_, command) => {
      const shown = text(await ask(viewer, command, 'shop'))
      expect(shown).toBe(text(await ask(direct, command, 'shep')))
    },
  )

  test.each(MASKED.map((command) => [title({ steps: [command] }), command] as const))(
    'masked: %s',
    async (_, command) => {
      const shown = await ask(viewer, command, 'shop')
      const stored = await ask(direct, command, 'shep')
      expect(plainOf(shown)).toEqual(plainOf(stored))
      expect(text(shown)).not.toBe(text(stored))
    },
  )
})

/** Every value under a plain name, in order. */
function plainOf(value: unknown, found: unknown[] = []): readonly unknown[] {
  if (Array.isArray(value)) for (const each of value) plainOf(each, found)
  else if (value !== null && typeof value === 'object')
    for (const [name, inner] of Object.entries(value)) {
      if (PLAIN_NAMES.has(name)) found.push([name, inner])
      else plainOf(inner, found)
    }
  return found
}
