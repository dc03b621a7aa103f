/** What another parser makes of a query: where it reads it at all, it must see the same verb and the same relations. */
import { createRequire } from 'node:module'
import type { MysqlFlavour } from './catalog.js'
import { type Mentions, mentionsOf, otherMentionsOf } from './mentions.js'

export interface SecondOpinion {
  /** Why the two disagree on the statement that the first reads so; undefined when they agree or the second reads nothing. */
  objection(text: string, statement: unknown): string | undefined
}

interface Library {
  readonly Parser: new () => { astify(text: string, options: { readonly database: string }): unknown }
}

const BUILDS: Readonly<Record<MysqlFlavour, readonly [module: string, database: string]>> = {
  mysql: ['node-sql-parser/build/mysql.js', 'MySQL'],
  mariadb: ['node-sql-parser/build/mariadb.js', 'MariaDB'],
}

export function loadSecondOpinion(flavour: MysqlFlavour): SecondOpinion {
  const [module, database] = BUILDS[flavour]
  const { Parser } = createRequire(import.meta.url)(module) as Library
  const parser = new Parser()
  return {
    objection(text, statement) {
      let found: unknown
      try {
        found = parser.astify(text, { database })
      } catch {
        // It rejects a tenth of what the server takes (docs/adr/0006): its silence says nothing.
        return undefined
      }
      const [only, ...others] = Array.isArray(found) ? found : [found]
      if (others.length > 0) return 'two parsers disagree on how many statements it holds'
      return difference(mentionsOf(statement), otherMentionsOf(only))
    },
  }
}

function difference(first: Mentions, second: Mentions): string | undefined {
  if (first.verb !== second.verb) return 'two parsers disagree on what the statement does'
  const same =
    first.names.size === second.names.size && [...first.names].every((name) => second.names.has(name))
  return same ? undefined : 'two parsers disagree on the relations that the statement names'
}
