/** Random queries over a handful of relations, the same ones every time: for tests that ask the server what they read. */

import { CONDITIONS, EXPRESSIONS } from './generated-expressions.js'

/** A small linear congruential generator: repeatable. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (state * 1103515245 + 12345) % 2147483648
    return Math.floor((state / 2147483648) * sides)
  }
}

const TABLES: Readonly<Record<string, readonly string[]>> = {
  customers: ['id', 'name', 'email', 'ssn', 'salary', 'birth', 'profile'],
  orders: ['id', 'customer_id', 'note', 'total', 'loud'],
  items: ['id', 'sku', 'secret'],
  people: ['id', 'who', 'hidden'],
  busy: ['who', 'n', 'note'],
}

export function generateQueries(count: number, seed = 20): readonly string[] {
  const roll = dice(seed)
  const pick = <Item>(items: readonly Item[]): Item => items[roll(items.length)] as Item
  const names = Object.keys(TABLES)
  let aliases = 0

  interface Source {
    readonly text: string
    readonly columns: readonly string[]
  }

  function table(): Source {
    const name = pick(names)
    const own = TABLES[name] ?? []
    const kind = roll(12)
    const alias = `t${aliases++}`
    if (kind === 0) {
      const expression = fill(pick(EXPRESSIONS), own)
      return {
        text: `(select ${expression} as e, ${pick(own)} from ${name}) ${alias}`,
        columns: [`${alias}.e`, 'e'],
      }
    }
    if (kind === 1)
      return {
        text: `(select * from ${name} limit 2) ${alias}`,
        columns: own.map((each) => `${alias}.${each}`),
      }
    if (kind === 2)
      return {
        text: `(select ${pick(own)} as u from ${name} union ${pick(['', 'all '])}select ${pick(own)} from ${name}) ${alias}`,
        columns: [`${alias}.u`, 'u'],
      }
    return { text: `${name} ${alias}`, columns: own.flatMap((each) => [`${alias}.${each}`, each]) }
  }

  function fill(text: string, columns: readonly string[]): string {
    return text.replaceAll(/\$(?!\.)/g, () => pick(columns))
  }

  function from(): Source {
    const first = table()
    if (roll(3) > 0) return first
    const second = table()
    const columns = [...first.columns, ...second.columns]
    switch (roll(6)) {
      case 0:
        return { text: `${first.text} natural ${pick(['', 'left ', 'right '])}join ${second.text}`, columns }
      case 1:
        return {
          text: `${first.text} ${pick(['', 'left ', 'right '])}join ${second.text} using (id)`,
          columns: [...columns, 'id'],
        }
      case 2:
        return { text: `${first.text}, ${second.text}`, columns }
      default:
        return {
          text: `${first.text} ${pick(['', 'left ', 'right '])}join ${second.text} on ${fill(pick(CONDITIONS), columns)}`,
          columns,
        }
    }
  }

  function select(): string {
    const source = from()
    const list = Array.from({ length: 1 + roll(3) }, (_, at) => {
      const star = roll(10) === 0
      const alias = roll(2) === 0 ? ` as c${at}` : ''
      return star
        ? at === 0
          ? '*'
          : `${source.columns[0]}`
        : fill(pick(EXPRESSIONS), source.columns) + alias
    })
    const where =
      roll(2) === 0
        ? ` where ${fill(pick(CONDITIONS), source.columns)}${roll(3) === 0 ? ` and ${fill(pick(CONDITIONS), source.columns)}` : ''}`
        : ''
    const group = roll(7) === 0 ? ` group by ${pick([...source.columns, '1', 'c0'])}` : ''
    const having =
      group !== '' && roll(2) === 0 ? ` having ${fill(pick(CONDITIONS), [...source.columns, 'c0'])}` : ''
    const order =
      roll(5) === 0 ? ` order by ${pick([...source.columns, '1', 'c0'])}${pick(['', ' desc'])}` : ''
    const limit = order !== '' && roll(2) === 0 ? ' limit 2' : ''
    return `select ${pick(['', '', '', '', 'distinct '])}${list.join(', ')} from ${source.text}${where}${group}${having}${order}${limit}`
  }

  function query(): string {
    switch (roll(14)) {
      case 0:
        return `${select()} union ${pick(['', 'all '])}${select()}`
      case 1:
        return `with q as (${select()}) select * from q`
      case 2:
        return `select * from (${select()}) d`
      case 3:
        return `with recursive r (n, x) as (select 1, name from customers where id = 1 union all select n + 1, concat(x, n) from r where n < 3) select n, ${pick(['x', 'upper(x)', 'n'])} from r${pick(['', " where x = 'name1'"])}`
      case 4:
        return `select j.* from customers c, json_table(c.profile, '$' columns (a varchar(40) path '$.email', o for ordinality)) j`
      default:
        return select()
    }
  }
  return Array.from({ length: count }, query)
}
