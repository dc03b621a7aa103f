/** Table of what the policy refuses of the tools' statements although the server would answer, and why. */

export interface Purpose {
  readonly corpus: string
  /** Found in the statement's text. */
  readonly part: string
  readonly what: string
  readonly why: string
}

export const ON_PURPOSE: readonly Purpose[] = [
  {
    corpus: 'psql',
    part: 'pg_options_to_table(umoptions)',
    what: '`\\deu+`',
    why: "the options of user mappings hold other servers' passwords; `\\deu` lists the mappings without them",
  },
]
