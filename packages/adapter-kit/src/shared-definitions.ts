/** What is being defined in the other processes of a gateway: each tells the others when it begins, and they ask until it has ended. */
import type { Definitions } from './definitions.js'
import type { Siblings } from './siblings.js'

interface Question {
  /** `defining`: something is on its way from here on; `still`: whether it still is. */
  readonly kind: 'defining' | 'still'
  /** Of the definitions. */
  readonly name: string
  readonly token: number
}

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

  const ask = (to: number, question: Question): Promise<boolean> =>
    siblings === undefined
      ? Promise.resolve(false)
      : // Who is gone defines nothing any more, and has nobody who could be shown it.
        siblings.ask(to, question).then(
          (answer) => answer === true,
          () => false,
        )

  const follow = async (from: number, { name, token }: Question, definitions: Definitions<unknown>) => {
    const elsewhere = {}
    definitions.defining.hears(elsewhere)
    do await pause()
    while (await ask(from, { kind: 'still', name, token }))
    await definitions.refresh().catch(() => {})
    definitions.defining.ends(elsewhere)
  }

  return {
    add(name, definitions) {
      all.set(name, definitions)
      if (siblings === undefined) return
      definitions.defining.onBegins = (token) => {
        for (let to = 1; to <= siblings.of; to += 1)
          if (to !== siblings.number) void ask(to, { kind: 'defining', name, token })
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
