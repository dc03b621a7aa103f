/** Table of large texts, and of small ones whose meaning is large, each with what it is. */

const many = (text: string, count: number) => text.repeat(count)

export function monsters(): readonly (readonly [string, string])[] {
  const numbers = Array.from({ length: 100_000 }, (_, at) => at).join(',')
  return [
    ['50,000 parentheses', `select ${many('(', 50_000)}1${many(')', 50_000)}`],
    ['50,000 open parentheses', `select ${many('(', 50_000)}`],
    ['100,000 constants', `select ssn from people where id in (${numbers})`],
    ['100,000 columns of names', `select ${many('ssn,', 100_000)}id from people`],
    ['a megabyte of a string', `select '${many('x', 1_000_000)}'`],
    ['a megabyte of spaces', `select${many(' ', 1_000_000)}1`],
    ['a megabyte of comment', `select /*${many('*', 1_000_000)}*/ 1`],
    ['a megabyte of nested comment', `select ${many('/*', 250_000)}${many('*/', 250_000)} 1`],
    ['a megabyte of comment openings', `select ${many('/*', 500_000)}`],
    ['a megabyte of quotes', `select ${many("'", 1_000_001)}`],
    ['a megabyte of dollar tags', `select ${many('$a', 500_000)}`],
    [
      'dollar quotes that never close',
      `select ${Array.from({ length: 60_000 }, (_, at) => `$t${at}$`).join(' ')}`,
    ],
    ['a megabyte of one name', `select ${many('x', 1_000_000)}`],
    ['a megabyte of symbols', `select 1 ${many('+-', 500_000)} 1`],
    ['a sum', `select 1${many('+1', 400_000)}`],
    ['a chain of AND', `select 1 from people where ${many('id = 1 and ', 60_000)} true`],
    ['a chain of UNION', `select 1${many(' union all select 1', 30_000)}`],
    [
      'a chain of joins',
      `select 1 from people a0${Array.from({ length: 20_000 }, (_, at) => ` cross join people a${at + 1}`).join('')}`,
    ],
    [
      'commas of relations',
      `select 1 from people a0${Array.from({ length: 30_000 }, (_, at) => `, people a${at + 1}`).join('')}`,
    ],
    [
      'stars over commas of relations',
      `select ${many('*,', 1000)}1 from people a0${Array.from({ length: 1000 }, (_, at) => `, people a${at + 1}`).join('')}`,
    ],
    [
      'WITH that doubles',
      `with a0 as (select * from people)${Array.from({ length: 60 }, (_, at) => `, a${at + 1} as (select x.*, y.* from a${at} x, a${at} y)`).join('')} select * from a60`,
    ],
    [
      'WITH that doubles within',
      Array.from({ length: 40 }, (_, at) => `with c${at} as (select 1 union all select 1) `).join('') +
        'select 1',
    ],
    ['subqueries in each other', `${many('select * from (', 5000)}select 1${many(') x', 5000)}`],
    ['40,000 statements', many('select 1;', 40_000)],
    [
      '10,000 different statements',
      Array.from({ length: 10_000 }, (_, at) => `select ssn as a${at} from people;`).join(''),
    ],
    ['a cast of casts', `select 1${many('::text', 100_000)}`],
    ['indirection', `select people${many('.id', 100_000)} from people`],
    ['subscripts', `select (array[1])${many('[1]', 100_000)}`],
    ['arrays in arrays', `select ${many('array[', 50_000)}1${many(']', 50_000)}`],
    ['CASE in CASE', `select ${many('case when true then ', 30_000)}1${many(' end', 30_000)}`],
    ['NOT NOT', `select ${many('not ', 200_000)}true`],
    ['signs', `select ${many('- ', 300_000)}1`],
    ['SET of a long list', `set search_path = ${many('a,', 200_000)}b`],
    ['a numeric without end', `select ${many('9', 1_000_000)}`],
    ['escapes', `select E'${many('\\\\n', 200_000)}'`],
    ['values', `insert into people (id, note) values ${many("(1, 'a'),", 60_000)}(2, 'b')`],
    ['emoji', `select '${many('\ud83d\ude00', 200_000)}'`],
    ['a grouping set', `select 1 from people group by cube (${many('id,', 5000)}id)`],
    ['window chain', `select ${many('count(*) over (partition by ssn order by id),', 10_000)}1 from people`],
    ['named arguments', `select f(${Array.from({ length: 20_000 }, (_, at) => `a${at} => 1`).join(',')})`],
  ]
}

const times = (count: number, make: (at: number) => string, between = ', ') =>
  Array.from({ length: count }, (_, at) => make(at)).join(between)

/** Texts of at most 8 KB whose meaning is much larger: nobody's statement may wait long for these. */
export function seeds(): readonly (readonly [string, string])[] {
  const wide = `select ${times(80, (at) => `ssn as c${at}`)} from people`
  return [
    [
      'WITH that doubles',
      `with a0 as (select * from people)${times(60, (at) => `, a${at + 1} as (select x.*, y.* from a${at} x, a${at} y)`, '')} select * from a60`,
    ],
    [
      'WITH that doubles in joins',
      `with a0 as (select * from people)${times(60, (at) => `, a${at + 1} as (select 1 from a${at} x, a${at} y)`, '')} select * from a60`,
    ],
    [
      'WITH that doubles in values',
      `with a0 as (select ssn as s from people)${times(60, (at) => `, a${at + 1} as (select x.s || y.s as s from a${at} x, a${at} y)`, '')} select * from a60`,
    ],
    ['wide relations, many times', `with w as (${wide}) select 1 from ${times(600, (at) => `w x${at}`)}`],
    [
      'wide relations, many times, whole',
      `with w as (${wide}) select ${times(300, (at) => `x${at}`)} from ${times(300, (at) => `w x${at}`)}`,
    ],
    [
      'wide relations, joined by nature',
      `with w as (${wide}) select * from ${times(400, (at) => `w x${at}`, ' natural join ')}`,
    ],
    [
      'wide relations in each other',
      `with w as (${wide}) select * from ${times(90, () => '(select x.* from ', '')}w x${times(90, () => ') x', '')}`,
    ],
    [
      'LATERAL in LATERAL',
      `select * from people p0${times(90, (at) => `, lateral (select p${at}.* from people q${at}) p${at + 1}`, '')}`,
    ],
    [
      'recursion of recursion',
      `with recursive ${times(90, (at) => `r${at} as (select ssn from people union all select * from r${at}${at > 0 ? ` union all select * from r${at - 1}` : ''})`)} select * from r89`,
    ],
    [
      'recursion of recursion that doubles',
      `with recursive ${times(60, (at) => `r${at} as (select ssn from ${at === 0 ? 'people' : `r${at - 1} a, r${at - 1} b`} union all select * from r${at})`)} select * from r59`,
    ],
    [
      'recursion in recursion',
      `${times(40, (at) => `with recursive r${at} as (select 1 from people union all (`, '')}select 1${times(40, (at) => `)) select * from r${39 - at}`, '')}`,
    ],
    [
      'subqueries in lists',
      `select ${times(60, () => '(select max(ssn) from people where id in (', '')}1${times(60, () => '))', '')}`,
    ],
    ['rows of rows', `select ${times(90, () => 'row(p, ', '')}p${times(90, () => ', p)', '')} from people p`],
    [
      'whole rows over whole rows',
      `with a0 as (select p from people p)${times(90, (at) => `, a${at + 1} as (select x, y from a${at} x, a${at} y)`, '')} select a90 from a90`,
    ],
    [
      'grouping sets',
      `select ${times(100, (at) => `count(*) over w${at}`)} from people window ${times(100, (at) => `w${at} as (partition by ssn, id, note order by ssn)`)}`,
    ],
    [
      'USING of many',
      `select * from people a0 ${times(200, (at) => `join people a${at + 1} using (id, ssn)`, ' ')}`,
    ],
    [
      'set operations of many',
      `select ssn from people ${times(200, () => 'union select ssn from people', ' ')}`,
    ],
    ['arrays', `select ${times(95, () => 'array[', '')}ssn${times(95, () => ', ssn]', '')} from people`],
    [
      'system views',
      `select * from ${times(100, (at) => `pg_class c${at} natural join pg_attribute d${at}`)}`,
    ],
    ['stars of columns', `select ${times(1500, () => '*')} from people`],
    ['statements', times(700, () => 'select ssn', ';')],
    ['DDL', times(300, (at) => `create temp table t${at} (a int)`, ';')],
    [
      'DDL that feeds on itself',
      `create temp table t0 as select * from people;${times(100, (at) => `create temp table t${at + 1} as select x.*, y.ssn as s${at} from t${at} x, t${at} y`, ';')}`,
    ],
    [
      'views that feed on each other',
      `create temp view t0 as select * from people;${times(100, (at) => `create temp view t${at + 1} as select x.* from t${at} x, t${at} y`, ';')};select * from t100`,
    ],
    [
      'functions that call each other',
      `${times(
        60,
        (at) =>
          `create function f${at}() returns int language sql as 'select ${at === 0 ? '1' : `f${at - 1}() + f${at - 1}()`}'`,
        ';',
      )};select f59()`,
    ],
    ['prepared', times(100, (at) => `prepare p${at} as select * from people;execute p${at}`, ';')],
  ]
}
