/** What R17 and R19 are judged by, in small: relations with keys, places to copy to, and views that look at a masked field. */
import type { MysqlForeignKey, MysqlRelation } from '../catalog.js'
import { createMysqlCatalogIndex } from '../catalog-index.js'
import { relation, shopCatalog } from './shop-fixture.js'

const toPeople: MysqlForeignKey = {
  columns: ['to_mail'],
  schema: 'shop',
  relation: 'people',
  references: ['mail'],
  cascades: false,
}

const view = (name: string, columns: string, definition: string): MysqlRelation =>
  relation(`shop.${name}`, columns, { kind: 'view', definition })

const P = '`shop`.`people`'
const RELATIONS: readonly MysqlRelation[] = [
  relation(
    'shop.people',
    'id:int(11) mail:varchar(40)!email city:varchar(40) pay:int(11)!salary hint:varchar(40)',
  ),
  relation(
    'shop.archive',
    'id:int(11) mail:varchar(40)!email short:varchar(10)!email wide:text!email pay:bigint(20)!salary note:varchar(40)',
  ),
  relation('shop.watched', 'id:int(11) mail:varchar(40)!email', { triggers: true }),
  relation('shop.letters', 'id:int(11) to_mail:varchar(40) person:int(11)', { foreignKeys: [toPeople] }),
  relation('shop.plain', 'id:int(11) word:varchar(40)'),
  view(
    'letter_box',
    'id:int(11) to_mail:varchar(40)',
    'select `l`.`id` AS `id`,`l`.`to_mail` AS `to_mail` from `shop`.`letters` `l`',
  ),
  view(
    'addressed',
    'id:int(11) reach:varchar(40)',
    `select \`p\`.\`id\` AS \`id\`,\`p\`.\`mail\` AS \`reach\` from ${P} \`p\``,
  ),
  view(
    'folded',
    'id:int(11) mail:varchar(40)',
    `select \`p\`.\`id\` AS \`id\`,lcase(\`p\`.\`mail\`) AS \`mail\` from ${P} \`p\``,
  ),
  view('counted', 'n:bigint(21)', `select count(\`p\`.\`mail\`) AS \`n\` from ${P} \`p\``),
  view(
    'reached',
    'id:int(11) city:varchar(40)',
    `select \`p\`.\`id\` AS \`id\`,\`p\`.\`city\` AS \`city\` from ${P} \`p\` where \`p\`.\`mail\` like 'a%'`,
  ),
  view(
    'richest',
    'id:int(11)',
    `select \`p\`.\`id\` AS \`id\` from ${P} \`p\` order by \`p\`.\`pay\` desc limit 1`,
  ),
  view(
    'flagged',
    'id:int(11) flag:int(1)',
    `select \`p\`.\`id\` AS \`id\`,(case when (\`p\`.\`mail\` like 'a%') then 1 else 0 end) AS \`flag\` from ${P} \`p\``,
  ),
  view(
    'iffed',
    'id:int(11) flag:int(1)',
    `select \`p\`.\`id\` AS \`id\`,if((\`p\`.\`mail\` = 'a'),1,0) AS \`flag\` from ${P} \`p\``,
  ),
  view(
    'ranked',
    'id:int(11) place:bigint(21)',
    `select \`p\`.\`id\` AS \`id\`,rank() OVER (ORDER BY \`p\`.\`pay\` ) AS \`place\` from ${P} \`p\``,
  ),
  view(
    'named_rank',
    'id:int(11) place:bigint(21)',
    `select \`p\`.\`id\` AS \`id\`,rank() OVER \`w\` AS \`place\` from ${P} \`p\` window \`w\` AS (ORDER BY \`p\`.\`pay\` )`,
  ),
  view(
    'over_watched',
    'id:int(11) m:varchar(40)',
    'select `w`.`id` AS `id`,`w`.`mail` AS `m` from `shop`.`watched` `w`',
  ),
  relation('shop.origin', 'code:varchar(40)!email'),
  relation('shop.followers', 'code:varchar(40)', {
    foreignKeys: [
      { columns: ['code'], schema: 'shop', relation: 'origin', references: ['code'], cascades: true },
    ],
  }),
  view(
    'exists_flag',
    'id:int(11) e:int(1)',
    `select \`p\`.\`id\` AS \`id\`,exists(select 1 from ${P} \`q\` where (\`q\`.\`mail\` = 'x')) AS \`e\` from ${P} \`p\``,
  ),
  view(
    'guessed',
    'id:int(11)',
    `select \`p\`.\`id\` AS \`id\` from (${P} \`p\` join \`shop\`.\`plain\` \`g\` on((\`g\`.\`word\` = \`p\`.\`mail\`)))`,
  ),
  view(
    'hinted',
    'id:int(11)',
    `select \`p\`.\`id\` AS \`id\` from ${P} \`p\` where (\`p\`.\`mail\` = \`p\`.\`hint\`)`,
  ),
  view(
    'switched',
    'id:int(11)',
    `select \`p\`.\`id\` AS \`id\` from ${P} \`p\` where \`p\`.\`mail\` in (select \`g\`.\`word\` from \`shop\`.\`plain\` \`g\`)`,
  ),
  view(
    'asked',
    'id:int(11)',
    `select \`p\`.\`id\` AS \`id\` from ${P} \`p\` where (\`p\`.\`mail\` = database())`,
  ),
  view(
    'timed',
    'id:int(11)',
    `select \`p\`.\`id\` AS \`id\` from ${P} \`p\` where (\`p\`.\`pay\` > unix_timestamp())`,
  ),
  view(
    'drawn',
    'id:int(11)',
    `select \`p\`.\`id\` AS \`id\` from ${P} \`p\` where (\`p\`.\`pay\` > (rand() * 100))`,
  ),
]

export const keysIndex = () => createMysqlCatalogIndex(shopCatalog('mysql', RELATIONS), [])
