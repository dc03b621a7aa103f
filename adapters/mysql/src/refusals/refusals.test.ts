/** Refusals must be rare: what tools say when they start is permitted by the pack `tools` alone, and answered as directly (R8). */
import { describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mariadbProgram, mysqlProgram, runCommandLine } from '../clients/command-lines.js'
import { createTown, type Town } from '../clients/town.js'
import { policyOf } from '../rules/world.js'
import { describeFlavours } from '../wire/fixture.js'
import { type RawClient, signIn } from '../wire/raw-client.js'
import { CORPORA, ON_PURPOSE } from './corpora.js'

/** Their own tables, and nothing of the server's beside what the pack gives. */
const OWN = [
  '{name: enter, effect: permit, verbs: [connect]}',
  '{name: own, effect: permit, verbs: [read], resources: ["shop.orders"]}',
]

describeFlavours('the pack `tools`', (flavour) => {
  let town: Town
  beforeAll(async () => {
    town = await createTown(flavour)
    for (const stage of town.stages) stage.usePolicy(policyOf(OWN, ['tools', 'guardrails', 'masking']))
  })
  afterAll(() => town?.close())

  const client = (way: 'direct' | 'observed') => signIn({ ...town.address(way) })
  const hear = async (one: RawClient, text: string) => {
    const { parts } = await one.query(text)
    const code = parts.flatMap((part) => (part.kind === 'error' ? [part.error.code] : []))[0]
    return code ?? 'answered'
  }
  const said = CORPORA.filter((corpus) => (corpus.flavour ?? flavour) === flavour)

  test.each(said)('R8 $tool', async ({ said: texts }) => {
    const [direct, through] = [await client('direct'), await client('observed')]
    const wrong: string[] = []
    for (const text of texts) {
      const [theirs, ours] = [await hear(direct, text), await hear(through, text)]
      const purpose = ON_PURPOSE.some(([part, , where = flavour]) => where === flavour && text.includes(part))
      if (purpose) expect([1142, 1054, 1064]).toContain(ours)
      else if (theirs !== ours) wrong.push(`${theirs} · ${ours} · ${text}`)
    }
    expect(wrong).toEqual([])
    await direct.close()
    await through.close()
  })

  const programs = flavour === 'mysql' ? (['mysql'] as const) : (['mariadb', 'mariadb-dump'] as const)
  describePart(programs, 'its own programs', () => {
    const line = () => (flavour === 'mysql' ? mysqlProgram('mysql') : mariadbProgram('mariadb'))
    const dumper = () => (flavour === 'mysql' ? mysqlProgram('mysqldump') : mariadbProgram('mariadb-dump'))
    const commands = flavour === 'mysql' ? ['--commands'] : []
    const dumping =
      flavour === 'mysql' ? ['--no-tablespaces', '--set-gtid-purged=OFF', '--column-statistics=0'] : []

    test('R8 the command line starts, completes names, and describes', async () => {
      const text =
        'rehash\nuse shop\nshow tables;\ndescribe orders;\nshow create table orders;\nselect * from orders;\n'
      const ask = (way: 'direct' | 'observed') =>
        runCommandLine(line(), town.address(way), [...commands, '--table', 'shop'], text)
      const observed = await ask('observed')
      expect(observed).toEqual(await ask('direct'))
      expect(observed.code).toBe(0)
    })

    test('R8 a table is dumped', async () => {
      const options = [...dumping, '--single-transaction', '--skip-comments', 'shop', 'orders']
      // MySQL's asks a table for which neither has rights, and goes on.
      const dump = async (way: 'direct' | 'observed') => {
        const { code, stdout } = await runCommandLine(dumper(), town.address(way), options)
        return { code, stdout }
      }
      const observed = await dump('observed')
      expect(observed).toEqual(await dump('direct'))
      expect(observed.code).toBe(0)
      expect(observed.stdout).toContain('INSERT INTO `orders`')
    })
  })
})
