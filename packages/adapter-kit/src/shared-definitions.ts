/** What is being defined in the other processes of a gateway: each tells the others when it begins, and they ask until it has ended. */
import type { Definition } from './defining.js'
import type { Definitions } from './definitions.js'
import type { Siblings } from './siblings.js'

interface Told {
  /** Of the definitions. */
  readonly name: string
  readonly token: number
}

type Question =
  /** Something is on its way from here on; `names`: as `Definition` has them. */
  | (Told & { readonly kind: 'defining'; readonly names?: readonly string[]; readonly swings: boolean })
  /** Whether it still is. */
  | (Told & { readonly kind: 'still' })

export interface SharedDefinitions {
  /** From then on the others hear what is being defined in them, and they hear of the others. */
  add(name: string, definitions: Definitions<unknown>): void
  /** Of the same adapter in process `from`. */
  answer(from: number, question: unknown): boolean
}

/** Milliseconds between two questions. */
const PAUSE = 250
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, PAUSE).unref())

export function createSharedDefinitions(siblings: Siblings | undefined): SharedDefinitions {
  const all = new Map<string, Definitions<unknown>>()
  /** Sessions of other processes that define something. */
  const followed = new Map<string, object>()

  const ask = (to: number, question: Question): Promise<boolean> =>
    siblings === undefined
      ? Promise.resolve(false)
      : // Who is gone defines nothing any more, and has nobody who could be shown it.
        siblings.ask(to, question).then(
          (answer) => answer === true,
          () => false,
        )

  const follow = async (
    from: number,
    { name, token, names, swings }: Extract<Question, { kind: 'defining' }>,
    definitions: Definitions<unknown>,
  ) => {
    const { defining } = definitions
    const definition = { names: names && new Set(names), swings }
    const id = `${from} ${token} ${name}`
    const known = followed.get(id)
    if (known !== undefined) return defining.hears(known, definition)
    const elsewhere = {}
    followed.set(id, elsewhere)
    defining.hears(elsewhere, definition)
    do await pause()
    while (await ask(from, { kind: 'still', name, token }))
    followed.delete(id)
    await definitions.refresh().catch(() => {})
    defining.ends(elsewhere)
  }

  return {
    add(name, definitions) {
      all.set(name, definitions)
      if (siblings === undefined) return
      definitions.defining.onBegins = (token, definition) => {
        const question = { kind: 'defining', name, token, ...plain(definition) } as const
        for (let to = 1; to <= siblings.of; to += 1) if (to !== siblings.number) void ask(to, question)
      }
    },
    answer(from, asked) {
      const question = asked as Question
      const definitions = all.get(question.name)
      if (definitions === undefined) return false
      if (question.kind === 'still') return definitions.defining.isBegun(question.token)
      void follow(from, question, definitions)
      return true
    },
  }
}

const plain = ({ names, swings }: Definition) => ({
  swings,
  ...(names === undefined ? {} : { names: [...names] }),
})
