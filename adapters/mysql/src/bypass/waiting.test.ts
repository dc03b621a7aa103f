/** What waits for a lock runs over what its relations mean by then, not over what they meant when it was read (R2). */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { describeFlavours } from '../wire/fixture.js'
import { execute, prepare } from '../wire/requests.js'
import { type Answer, type Attacker, TRIED } from './attacker.js'
import { createScene, type DoorName, type Scene } from './scene.js'
import { findTraces } from './traces.js'

const ASKED = "select concat(reach, '') as body from v"
const PREPARED = 'create or replace view v as select id, city as reach from customers'
const ADDED = 'alter table customers add column more varchar(20)'
const BACK = ['rename table v to customer_contact, w to v']
const RENAMES: readonly [string] = ['rename table v to w, customer_contact to v']
/** Of a table of each form's own: a column that once was called so stays masked. */
const COLUMNS = 'alter table LETTERS rename column place to old, rename column ssn to place'
const REDEFINED: readonly [string] = ['create or replace view v as select id, ssn as reach from customers']

describeFlavours('what waits', (flavour) => {
  let scene: Scene
  const sessions: Attacker[] = []

  beforeAll(async () => {
    scene = await createScene(flavour)
  })
  afterAll(async () => {
    await scene.close()
    expect(Object.values(scene.stages).flatMap(({ faults }) => faults)).toEqual([])
  })
  beforeEach(async () => {
    await scene.restore()
    const owner = await enterBy('unmasked')
    // What is defined through the gateway is known there at once.
    await done(owner.run('create view v as select id, city as reach from customers', 'text'))
    await done(owner.run('create view above as select * from v', 'text'))
    for (const form of TRIED)
      await done(
        owner.run(`create table letters_${form} as select id, city as place, ssn from customers`, 'text'),
      )
  })
  afterEach(async () => {
    for (const session of sessions.splice(0)) await session.close()
  })

  async function enterBy(door: DoorName): Promise<Attacker> {
    const session = await scene.open(door)
    sessions.push(session)
    return session
  }

  const done = async (answer: Promise<Answer>) => expect((await answer).error).toBeUndefined()

  /** Until so many wait for locks, or the session is closed. */
  async function waiting(session: Attacker, count: number): Promise<void> {
    const asked = "select count(*) from information_schema.processlist where state like 'Waiting for%lock'"
    while (!session.closed && Number((await session.run(asked, 'text')).rows[0]?.[0]) < count) await pause()
  }

  const pause = () => new Promise((resolve) => setTimeout(resolve, 50))

  /** What is asked, and waits while somebody makes the change, by what they have made of it. */
  async function meanwhile(
    viewer: Attacker,
    form: (typeof TRIED)[number],
    ask: () => Promise<Answer>,
    door: DoorName,
    change: string,
    then: readonly string[] = [],
  ): Promise<Answer> {
    await done(ask())
    viewer.forget()
    const [holder, definer, watcher] = [await scene.direct(), await enterBy(door), await scene.direct()]
    sessions.push(holder, watcher)
    await holder.run('use shop', 'text')
    await holder.run('begin', 'text')
    await done(holder.run(`select count(*) from customers c, v, customer_contact d, letters_${form}`, 'text'))
    const changed = definer.run(change, 'text')
    await Promise.race([changed.then(({ error }) => expect(error).toBe('nothing yet')), waiting(watcher, 1)])
    const answered = ask()
    // Of several names the change may not have come to this one yet.
    await Promise.race([answered, waiting(watcher, 2)])
    await holder.run('rollback', 'text')
    await done(changed)
    for (const text of then) await done(definer.run(text, 'text'))
    return answered
  }

  describe.each(TRIED)('%s: not over', (form) => {
    test.each([
      ['a view that took the name of another', 'unmasked', RENAMES, ASKED],
      [
        'columns that changed their names',
        'unmasked',
        [COLUMNS],
        "select concat(place, '') as body from LETTERS",
      ],
      ['a view that an administrator redefines', 'unmasked', REDEFINED, ASKED],
      ['a view below a view', 'unmasked', REDEFINED, "select concat(reach, '') as body from above"],
      [
        'what is counted of it',
        'unmasked',
        REDEFINED,
        "select '641-28-7395' as body from v where reach like '641%'",
      ],
    ] as const)('%s', async (_, door, changes, asked) => {
      const ofForm = (each: string) => each.replace('LETTERS', `letters_${form}`)
      const viewer = await enterBy('watched')
      await meanwhile(viewer, form, () => viewer.run(ofForm(asked), form), door, ofForm(changes[0]))
      expect(findTraces(viewer.received(), [])).toEqual([])
    })
  })

  /** Asks for one text again and again; what is prepared was prepared before. */
  type Prepared = (viewer: Attacker, text: string) => Promise<() => Promise<Answer>>
  const simply: Prepared = async (viewer, text) => () => viewer.run(text, 'text')
  const FORMS: readonly (readonly [string, Prepared])[] = [
    ['COM_QUERY', simply],
    [
      'COM_STMT_EXECUTE',
      async (viewer, text) => {
        await done(viewer.send(prepare(text)))
        return () => viewer.send(execute(1))
      },
    ],
    [
      'EXECUTE',
      async (viewer, text) => {
        await done(viewer.run(`prepare asked from "${text}"`, 'text'))
        return () => viewer.run('execute asked', 'text')
      },
    ],
    [
      'several in one text',
      async (viewer, text) => () => viewer.run(`set @a = 1; ${text}; set @a = 2`, 'text'),
    ],
  ]

  describe.each(FORMS)('%s', (_, prepared) => {
    test('not over a view that came and went', async () => {
      const viewer = await enterBy('watched')
      const ask = await prepared(viewer, ASKED)
      await meanwhile(viewer, 'text', ask, 'unmasked', RENAMES[0], BACK)
      expect(findTraces(viewer.received(), [])).toEqual([])
    })

    test('not over what it is forbidden to show: the answer is native, and on record', async () => {
      const viewer = await enterBy('barred')
      const shown = "json_unquote(json_extract(profile, '$.ssn'))"
      const change = `create or replace view v as select id, ${shown} as reach from documents`
      const ask = await prepared(viewer, ASKED)
      const { completed } = scene.stages.barred.evidence
      const answer = await meanwhile(viewer, 'text', ask, 'unmasked', change)
      expect(answer.error?.message).toContain('redefined while it ran')
      expect(findTraces(viewer.received(), [])).toEqual([])
      const outcomes = completed.filter(({ decided: { statement } }) => statement.actions.length > 0)
      expect(outcomes.at(-1)).toMatchObject({ outcome: { status: 'cut', returned: 0 } })
      const again = await enterBy('barred')
      expect((await again.run(ASKED, 'text')).error).toMatchObject({ code: 1142 })
    })

    test('not over a column more than was read', async () => {
      const viewer = await enterBy('watched')
      const ask = await prepared(viewer, 'select * from customer_contact c join customers using (id)')
      const answer = await meanwhile(viewer, 'text', ask, 'unmasked', ADDED)
      expect(answer).toMatchObject({ rows: [], error: { message: expect.stringContaining('redefined') } })
    })

    test('rows come over a column that is added, and the session lives on', () => comesOver(ADDED, prepared))
  })

  /** What is asked is answered as ever, and the session lives on. */
  async function comesOver(change: string, prepared: Prepared, door: DoorName = 'watched'): Promise<void> {
    const viewer = await enterBy(door)
    const answer = await meanwhile(viewer, 'text', await prepared(viewer, ASKED), 'unmasked', change)
    expect(answer.error).toBeUndefined()
    expect(viewer.received().toString('latin1')).toMatch(/Berlin.*Leeds.*Lyon/s)
    await done(viewer.run(ASKED, 'text'))
  }

  test.each([
    ['an index', 'watched', 'create index by_city on customers (city)'],
    ['a comment', 'watched', "alter table customers modify city varchar(80) comment 'town'"],
    ['a default', 'watched', "alter table customers alter city set default 'Ulm'"],
    ['a view that is defined as it was', 'watched', PREPARED],
    ['a column for who sees all but what is forbidden', 'barred', ADDED],
  ] as const)('rows come over %s, and the session lives on', (_, door, change) =>
    comesOver(change, simply, door),
  )

  test('but what waited for a change of what it does not name, or for one that failed, is answered as ever', async () => {
    const viewer = await enterBy('watched')
    const [holder, definer, watcher] = [await scene.direct(), await enterBy('unmasked'), await scene.direct()]
    sessions.push(holder, watcher)
    await done(definer.run('create table elsewhere (id int)', 'text'))
    await done(viewer.run(ASKED, 'text'))
    await holder.run('use shop', 'text')
    await holder.run('lock tables customers write, v write', 'text')
    const answered = viewer.run(ASKED, 'text')
    await waiting(watcher, 1)
    await done(definer.run('alter table elsewhere add n int', 'text'))
    expect((await definer.run('alter table nowhere add n int', 'text')).error).toBeDefined()
    await holder.run('unlock tables', 'text')
    expect(await answered).toMatchObject({ error: undefined, rows: [['Berlin'], ['Leeds'], ['Lyon']] })
  })
})
