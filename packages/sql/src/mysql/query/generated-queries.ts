/** Random queries over a handful of relations, the same ones every time: for tests that ask the server what they read. */

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

/** `$` stands for a column of some kind. */
const EXPRESSIONS: readonly string[] = [
  ...[
    '$',
    '$',
    '$',
    '$',
    '($)',
    'upper($)',
    "coalesce($, 'x')",
    "concat($, 'a', $)",
    'max($)',
    'min($)',
    'count($)',
  ],
  ...['count(*)', '(select $)', 'case when $ is null then 1 else 2 end', "case $ when 'x' then $ else $ end"],
  ...[
    'if($, 1, 2)',
    "if($ = 'x', $, 1)",
    'ifnull($, $)',
    'nullif($, $)',
    '$ is null',
    '$ is not null',
    '$ + 1',
    '-$',
  ],
  ...[
    "$ = 'x'",
    '$ = 1',
    '$ = $',
    '$ <=> $',
    '$ < $',
    "$ like 'a%'",
    "$ regexp '^s'",
    '$ in (1, 2)',
    "$ in ('x', $)",
  ],
  ...[
    '$ between 1 and 3',
    'not $',
    '$ and $',
    '$ or 1',
    '$ xor $',
    '$ is true',
    '$ & 1',
    '$ div 2',
    '$ % 2',
    '~$',
  ],
  ...[
    'group_concat($)',
    'group_concat(distinct $ order by $)',
    "group_concat($, $ separator '|')",
    'json_arrayagg($)',
  ],
  ...[
    'sum($)',
    'avg($)',
    'count(distinct $)',
    'std($)',
    'bit_or($)',
    'any_value($)',
    'length($)',
    'char_length($)',
  ],
  ...[
    'left($, 2)',
    'right($, 1)',
    'substr($, 1, 2)',
    'substring($ from 2)',
    'trim($)',
    "trim('s' from $)",
    'reverse($)',
  ],
  ...[
    'md5($)',
    'sha1($)',
    'sha2($, 256)',
    'hex($)',
    'crc32($)',
    'ascii($)',
    'ord($)',
    'repeat($, 2)',
    "replace($, 's', $)",
  ],
  ...[
    'lpad($, 5, $)',
    "locate('s', $)",
    "position('1' in $)",
    'strcmp($, $)',
    'field($, $, 1)',
    'elt($, $, 1)',
    'quote($)',
  ],
  ...[
    'cast($ as char)',
    'cast($ as char(2))',
    'cast($ as signed)',
    'cast($ as binary)',
    'cast($ as date)',
    'convert($ using utf8mb4)',
  ],
  ...[
    'convert($ using latin1)',
    'cast($ as decimal(4,1))',
    '$ collate utf8mb4_bin',
    'binary $',
    'round($)',
    'abs($)',
    'ceil($)',
  ],
  ...[
    'greatest($, $)',
    'least($, 1)',
    'year($)',
    'date($)',
    "date_format($, '%Y')",
    'datediff($, $)',
    '$ + interval 1 day',
  ],
  ...[
    'date_add($, interval $ day)',
    'extract(year from $)',
    'timestampdiff(day, $, $)',
    'unix_timestamp($)',
    'str_to_date($, $)',
  ],
  ...[
    "json_extract(profile, '$.email')",
    "json_unquote(json_extract(profile, '$.email'))",
    "json_value(profile, '$.a.b')",
  ],
  ...[
    "json_extract($, '$.a')",
    'json_object($, $)',
    'json_array($, $)',
    'json_valid($)',
    'json_length(profile)',
    'json_quote($)',
  ],
  ...[
    "json_contains(profile, '1')",
    'json_keys(profile)',
    "json_set(profile, '$.z', $)",
    'json_merge_patch(profile, profile)',
  ],
  ...[
    'row_number() over ()',
    'rank() over (partition by $ order by $)',
    'lag($) over (order by $)',
    'first_value($) over (order by $)',
  ],
  ...[
    'sum($) over (partition by $)',
    'count(*) over (order by $)',
    'ntile(2) over (order by $)',
    'lead($, 1, $) over (order by id)',
  ],
  ...[
    'exists (select 1 from customers where name = $)',
    '(select min(ssn) from customers where id = 1)',
    '$ in (select note from orders)',
  ],
  ...[
    '$ = any (select email from customers)',
    '$ > all (select id from items)',
    '($, $) = (select id, note from orders limit 1)',
  ],
  ...[
    '($, $) in (select id, name from customers)',
    '(select q.ssn from customers q where q.id = $ limit 1)',
    'row($, 1) = row(1, $)',
  ],
  ...[
    '1',
    "'x'",
    'null',
    'now()',
    'database()',
    'rand()',
    'default(name)',
    '@v := $',
    '@v',
    'concat_ws($, $, $)',
    'soundex($)',
  ],
  ...[
    'to_base64($)',
    'from_base64($)',
    'unhex($)',
    'inet_aton($)',
    'conv($, 16, 10)',
    "substring_index($, 's', 1)",
    'find_in_set($, $)',
  ],
  ...[
    'make_set($, $)',
    'export_set($, 1, 0)',
    'char($)',
    'format($, 2)',
    'insert($, 1, 2, $)',
    'space($)',
    'weight_string($)',
  ],
  ...[
    'extractvalue($, $)',
    'updatexml($, $, $)',
    'exp($)',
    'pow($, 100)',
    'aes_encrypt($, $)',
    'compress($)',
    'uuid_to_bin($)',
  ],
]

const CONDITIONS: readonly string[] = [
  ...[
    '$ is not null',
    '$ is null',
    "$ like 'a%'",
    '$ = $',
    "$ = 'x'",
    '$ = 1',
    "$ = 'ssn1'",
    '$ = 0',
    '$ > $',
    'not $',
    '$',
  ],
  ...[
    'exists (select 1 from orders where note = $)',
    '$ in (1, 2)',
    'not ($ is null)',
    '$ = any (select id from items)',
  ],
  ...[
    "$ = 'ssn1' or id = 2",
    "$ = 'ssn1' xor id = 2 and id = 1",
    '$ between 1 and 3',
    '1',
    "($, $) in (('x', 1), ('ssn1', 2))",
  ],
  ...[
    '$ regexp $',
    "concat($, $) = 'x'",
    '(@v := $) is not null',
    '$ <=> $',
    'length($) > 4',
    "$ >= date '2000-01-02'",
  ],
]

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
