import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { read } from '../reading/fixture.js'
import type { ReadStatement } from '../reading/read-command.js'
import { type Cursor, type Cursors, createCursors, homeOf, type Opening } from './cursors.js'
import { type CursorQuestion, createLending, type Lending } from './lending.js'

interface Worker {
  readonly cursors: Cursors
  readonly lending: Lending
  lost: boolean
}

/** As many processes, which hear each other as a channel between processes lets them: copies, and later. */
function crew(of: number): { readonly workers: readonly Worker[]; readonly said: string[] } {
  const said: string[] = []
  const workers: Worker[] = []
  const start = (number: number): Worker => {
    const random = (size: number) => randomBytes(size)
    const siblings = {
      number,
      of,
      async ask(to: number, question: unknown) {
        said.push(`${number}>${to} ${(question as CursorQuestion).kind}`)
        await undefined
        const asked = workers[to - 1]
        if (asked === undefined || asked.lost) throw new Error('gone')
        const answer = await asked.lending.answer(number, structuredClone(question) as CursorQuestion)
        return structuredClone(answer)
      },
    }
    const cursors = createCursors({
      random,
      siblings,
      closed: (id, person, kept) => lending.closed(id, person, kept),
    })
    const lending = createLending(cursors, siblings, `worker ${number} ${said.length}`)
    return { cursors, lending, lost: false }
  }
  for (let number = 1; number <= of; number++) workers.push(start(number))
  return { workers, said }
}

const PLAN = read({ find: 'customers' }) as ReadStatement
const parts = (more: Partial<Opening> = {}): Opening => ({
  upstream: 5n,
  person: 'ann',
  session: '',
  database: 'shop',
  collection: 'customers',
  read: PLAN,
  returned: 10,
  bytes: 100,
  over: undefined,
  ...more,
})
const worker = ({ workers }: ReturnType<typeof crew>, number: number) => workers[number - 1] as Worker
/** Goes on with it there, as a getMore does. */
async function goOn({ cursors, lending }: Worker, id: bigint, person = 'ann'): Promise<Cursor | undefined> {
  if (cursors.find(id, person) === undefined) await lending.fetch(id, person)
  return cursors.find(id, person)
}
const finders = ({ workers }: ReturnType<typeof crew>, id: bigint) =>
  workers.flatMap(({ cursors }, at) => (cursors.find(id, 'ann') === undefined ? [] : [at + 1]))

test('a cursor goes on in one process at a time, wherever it is asked for, and no count is lost', async () => {
  const all = crew(4)
  for (const home of [1, 2, 3, 4]) {
    const { id } = worker(all, home).cursors.open(parts())
    expect(homeOf(id)).toBe(home)
    let returned = 10
    for (let turn = 0; turn < 40; turn++) {
      const at = 1 + ((turn * 7 + (turn >> 2)) % 4)
      const cursor = await goOn(worker(all, at), id)
      expect(finders(all, id)).toEqual([at])
      expect(cursor).toMatchObject({ returned, bytes: returned * 10, upstream: 5n, collection: 'customers' })
      if (cursor === undefined) throw new Error('lost')
      returned += 3
      cursor.returned = returned
      cursor.bytes = returned * 10
    }
  }
})

test('82 nobody else’s is lent, named or ended, whoever asks where', async () => {
  const all = crew(3)
  const { id } = worker(all, 2).cursors.open(parts())
  for (const at of [1, 2, 3]) {
    expect(await goOn(worker(all, at), id, 'bob')).toBeUndefined()
    expect(await worker(all, at).lending.name([id], 'bob')).toEqual([])
    worker(all, at).cursors.close({ id, person: 'bob' })
  }
  await new Promise(setImmediate)
  expect(finders(all, id)).toEqual([2])
})

test('one with a batch on its way stays where it is, and is named all the same, for whoever ends it', async () => {
  const all = crew(3)
  const cursor = worker(all, 1).cursors.open(parts())
  cursor.coming = 1
  expect(await worker(all, 2).lending.fetch(cursor.id, 'ann')).toBe(true)
  expect(finders(all, cursor.id)).toEqual([1])
  cursor.coming = 0
  const moved = (await goOn(worker(all, 2), cursor.id)) as Cursor
  moved.coming = 1
  for (const at of [1, 3]) {
    expect(await worker(all, at).lending.fetch(cursor.id, 'ann')).toBe(true)
    expect(await worker(all, at).lending.name([cursor.id], 'ann')).toMatchObject([{ upstream: 5n }])
  }
  expect(finders(all, cursor.id)).toEqual([2])
  moved.coming = 0
  expect(await goOn(worker(all, 3), cursor.id)).toBeDefined()
})

test('what has ended in one process has ended in all', async () => {
  const all = crew(3)
  for (const closes of [1, 2, 3]) {
    const { id } = worker(all, 1).cursors.open(parts())
    await goOn(worker(all, 2), id)
    worker(all, closes).cursors.close({ id, person: 'ann' })
    await new Promise(setImmediate)
    expect(all.workers.map(({ cursors }) => cursors.size)).toEqual([0, 0, 0])
  }
})

test('what a process that is gone had is gone: its own cursors, and those that went on there', async () => {
  const all = crew(3)
  const own = worker(all, 1).cursors.open(parts())
  const lent = worker(all, 2).cursors.open(parts())
  await goOn(worker(all, 1), lent.id)
  worker(all, 1).lost = true
  expect(await goOn(worker(all, 3), own.id)).toBeUndefined()
  expect(await goOn(worker(all, 3), lent.id)).toBeUndefined()
  expect(await goOn(worker(all, 2), lent.id)).toBeUndefined()
  expect(worker(all, 2).cursors.size).toBe(0)
})

test('a successor knows nothing of what was lent to its predecessor, and is believed', async () => {
  const all = crew(2)
  const { id } = worker(all, 1).cursors.open(parts())
  await goOn(worker(all, 2), id)
  worker(all, 2).cursors.forget(id, 'ann')
  expect(await goOn(worker(all, 2), id)).toBeUndefined()
  expect(await goOn(worker(all, 1), id)).toBeUndefined()
})

test('asked for by many at once it is still in one place', async () => {
  const all = crew(4)
  const { id } = worker(all, 1).cursors.open(parts())
  for (let round = 0; round < 20; round++) {
    await Promise.all([1, 2, 3, 4, 3, 2].map((at) => worker(all, at).lending.fetch(id, 'ann')))
    expect(finders(all, id)).toHaveLength(1)
  }
})

test('an id that no process can have given asks nobody', async () => {
  const all = crew(2)
  expect(await goOn(worker(all, 1), 63n)).toBeUndefined()
  expect(await worker(all, 1).lending.name([63n, 62n], 'ann')).toEqual([])
  expect(all.said).toEqual([])
})

test('cursors of one plan have one plan wherever they go on', async () => {
  const all = crew(2)
  const plans = new Set<ReadStatement>()
  const statements = new Set<unknown>()
  for (let count = 0; count < 5; count++) {
    const { id } = worker(all, 1).cursors.open(parts())
    const cursor = (await goOn(worker(all, 2), id)) as Cursor
    plans.add(cursor.read)
    statements.add(cursor.statement)
  }
  expect([plans.size, statements.size]).toEqual([1, 1])
  const { id } = worker(all, 1).cursors.open(parts({ read: read({ find: 'orders' }) as ReadStatement }))
  expect((await goOn(worker(all, 2), id))?.statement).toMatchObject({
    actions: [{ resource: { path: ['shop', 'orders'] } }],
  })
})

test('a plan is plain data: what another process gets is the same', () => {
  const plans = [
    { find: 'customers', projection: { email: 1, x: { $concat: ['$ssn', '!'] } } },
    { find: 'shown' },
    {
      aggregate: 'customers',
      pipeline: [{ $group: { _id: '$email', all: { $push: '$$ROOT' } } }],
      cursor: {},
    },
    {
      aggregate: 'orders',
      pipeline: [{ $lookup: { from: 'customers', localField: 'customer', foreignField: '_id', as: 'c' } }],
      cursor: {},
    },
    { aggregate: 'customers', pipeline: [{ $changeStream: {} }], cursor: {} },
    { aggregate: 'customers', pipeline: [{ $indexStats: {} }], cursor: {} },
    { listIndexes: 'customers' },
    { listCollections: 1 },
    { bulkWrite: 1, ops: [{ delete: 0, filter: { _id: 1 } }], nsInfo: [{ ns: 'shop.orders' }] },
  ].map((command) => read(command, {}, 'bulkWrite' in command ? 'admin' : 'shop'))
  expect(plans.map(({ kind }) => kind)).toEqual(plans.map(() => 'statement'))
  for (const plan of plans) expect(structuredClone(plan)).toEqual(plan)
})
