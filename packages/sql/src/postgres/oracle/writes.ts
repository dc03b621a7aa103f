/** Random INSERT, UPDATE, DELETE and MERGE with RETURNING, alone or in WITH. */
import { pick } from './dice.js'
import { type Item, type Maker, NOWHERE, type Relation, type Sight } from './grammar.js'

function returning(maker: Maker, items: readonly Item[], target: Item): string {
  const { dice } = maker
  const sight: Sight = { ...NOWHERE, items }
  const one = () =>
    pick(dice, [
      '*',
      `${target.alias}.*`,
      `${target.alias}`,
      `to_jsonb(${target.alias})`,
      maker.expression(sight, 'text', 1),
      maker.expression(sight, 'other', 0),
      maker.expression(sight, 'text', 2),
      ...(maker.major >= 18
        ? ['old.*', 'new.*', 'old', 'to_jsonb(new)', 'new.id', `old.${pick(dice, target.columns).text}`]
        : []),
    ])
  const how = maker.major >= 18 && dice(6) === 0 ? 'with (old as o, new as n) ' : ''
  const list = how === '' ? one() : pick(dice, ['o.*', 'n.*', 'o, n', 'o.id, n'])
  return ` returning ${how}${list}${dice(2) === 0 ? '' : `, ${one()}`}`
}

function assignment(maker: Maker, target: Item, sight: Sight): string {
  const { dice } = maker
  const one = pick(dice, target.columns)
  return pick(dice, [
    `${one.text} = ${maker.expression(sight, one.kind, 1)}`,
    `${one.text} = ${maker.expression(sight, one.kind, 2)}`,
    `${one.text} = default`,
    `(${one.text}) = (select ${maker.expression(sight, one.kind, 1)})`,
    `(${one.text}) = row(${maker.expression(sight, one.kind, 0)})`,
  ])
}

function insert(maker: Maker, into: Relation, sight: Sight): string {
  const { dice } = maker
  const rest = into.columns.filter(({ text }) => text !== 'id' && text !== 'made')
  const used = rest.slice(0, 1 + dice(rest.length))
  const target: Item = { alias: into.text.includes('.') ? 'tt' : into.text, columns: into.columns }
  const source = maker.source(sight, 1)
  const inside = { ...sight, items: source.items }
  const id = 50 + dice(9)
  const rows = pick(dice, [
    `values (${id}, ${used.map((each) => maker.expression(sight, each.kind, 1)).join(', ')})`,
    `select ${id}, ${used.map((each) => maker.expression(inside, each.kind, 1)).join(', ')} from ${source.text} limit 1`,
    `values (1, ${used.map((each) => maker.expression(sight, each.kind, 0)).join(', ')})`,
  ])
  const conflict = pick(dice, [
    '',
    '',
    ' on conflict do nothing',
    ` on conflict (id) do update set ${assignment(maker, target, { ...sight, items: [target, { alias: 'excluded', columns: into.columns }] })}`,
  ])
  return `insert into ${into.text}${target.alias === 'tt' ? ' as tt' : ''} (id, ${used.map(({ text }) => text).join(', ')}) ${rows}${conflict}${returning(maker, [target], target)}`
}

function update(maker: Maker, into: Relation, sight: Sight): string {
  const { dice } = maker
  const target: Item = { alias: maker.alias(), columns: into.columns }
  const source = dice(2) === 0 ? maker.source(sight, 1) : undefined
  const inside = { ...sight, items: [target, ...(source?.items ?? [])] }
  const from = source === undefined ? '' : ` from ${source.text}`
  const where =
    dice(3) === 0
      ? ''
      : ` where ${target.alias}.id = ${dice(5)}${dice(2) === 0 ? ` and ${maker.condition(inside, 1)}` : ''}`
  return `update ${into.text} ${target.alias} set ${assignment(maker, target, inside)}${from}${where}${returning(maker, inside.items, target)}`
}

function remove(maker: Maker, into: Relation, sight: Sight): string {
  const { dice } = maker
  const target: Item = { alias: maker.alias(), columns: into.columns }
  const source = dice(2) === 0 ? maker.source(sight, 1) : undefined
  const inside = { ...sight, items: [target, ...(source?.items ?? [])] }
  const using = source === undefined ? '' : ` using ${source.text}`
  return `delete from ${into.text} ${target.alias}${using} where ${maker.condition(inside, 1)}${returning(maker, inside.items, target)}`
}

function merge(maker: Maker, into: Relation, sight: Sight): string {
  const { dice } = maker
  const target: Item = { alias: maker.alias(), columns: into.columns }
  const source = maker.source(sight, 1)
  const inside = { ...sight, items: [target, ...source.items] }
  const on = pick(dice, [
    `${target.alias}.id = ${source.items[0]?.alias ?? target.alias}.id`,
    maker.condition(inside, 1),
  ])
  const when = [
    `when matched${dice(2) === 0 ? ` and ${maker.condition(inside, 1)}` : ''} then ${pick(dice, ['delete', 'do nothing', `update set ${assignment(maker, target, inside)}`])}`,
    ...(dice(2) === 0 ? [`when not matched then insert (id) values (${90 + dice(5)})`] : []),
    ...(maker.major >= 17 && dice(3) === 0 ? ['when not matched by source then delete'] : []),
  ]
  const tail =
    maker.major >= 17
      ? `${returning(maker, inside.items, target)}${pick(dice, ['', ', merge_action()'])}`
      : ''
  return `merge into ${into.text} ${target.alias} using ${source.text} on ${on} ${when.join(' ')}${tail}`
}

export function makeWrite(maker: Maker): string {
  const { dice } = maker
  const into = pick(
    dice,
    maker.relations.filter(({ table }) => table),
  )
  const ctes: Relation[] = []
  let head = ''
  if (dice(5) === 0) {
    const { text, columns } = maker.query(NOWHERE, 1)
    ctes.push({ text: 'w1', columns, table: false, locks: false })
    head = `with w1 as (${text}) `
  }
  const sight = { ...NOWHERE, ctes }
  const write = pick(dice, [insert, insert, update, update, remove, merge])(maker, into, sight)
  if (head === '' && dice(6) === 0 && write.includes(' returning '))
    return `with moved as (${write}) select ${pick(dice, ['*', 'moved', 'moved.*', 'count(*)', 'to_jsonb(moved)'])} from moved`
  return head + write
}
