/** What R17 and R19 are judged by, in small: relations with keys, places to copy to, and views that look at a masked field. */
import type { Catalog, CatalogRelation } from '../../catalog.js'
import { CATALOG } from './shop-fixture.js'

const text = 25
let oid = 30000

interface Shape extends Partial<Pick<CatalogRelation, 'kind' | 'definition' | 'triggers' | 'foreignKeys'>> {
  readonly columns: readonly (readonly [name: string, type: number, ...classes: string[]])[]
}

function relation(name: string, { columns, ...shape }: Shape): CatalogRelation {
  return {
    oid: oid++,
    schema: 'public',
    name,
    kind: 'table',
    columns: columns.map(([each, type, ...classes], at) => ({
      name: each,
      number: at + 1,
      type,
      classes,
      nullable: true,
    })),
    parents: [],
    rules: false,
    triggers: false,
    ...shape,
  }
}

const view = (
  name: string,
  columns: Shape['columns'],
  definition: string,
  kind: 'view' | 'materialized' = 'view',
) => relation(name, { columns, kind, definition })

const people = relation('people', {
  columns: [
    ['id', 23],
    ['mail', text, 'email'],
    ['city', text],
    ['pay', 23, 'salary'],
    ['hint', text],
  ],
})
const refers = (
  columns: readonly number[],
  referenced: readonly number[],
): Pick<CatalogRelation, 'foreignKeys'> => ({
  foreignKeys: [{ columns, relation: people.oid, referenced, onDelete: 'none', onUpdate: 'none' }],
})
const CITY = [
  ['id', 23],
  ['city', text],
] as const
const ID = [['id', 23]] as const
const RELATIONS: readonly CatalogRelation[] = [
  people,
  relation('archive', {
    columns: [
      ['id', 23],
      ['mail', text, 'email'],
      ['short', 1043, 'email'],
      ['pay', 20, 'salary'],
      ['note', text],
    ],
  }),
  relation('watched', {
    columns: [
      ['id', 23],
      ['mail', text, 'email'],
    ],
    triggers: true,
  }),
  relation('letters', {
    columns: [
      ['id', 23],
      ['to_mail', text],
      ['person', 23],
    ],
    ...refers([2], [2]),
  }),
  relation('plain', {
    columns: [
      ['id', 23],
      ['word', text],
    ],
  }),
  view(
    'letter_box',
    [
      ['id', 23],
      ['to_mail', text],
    ],
    ' SELECT letters.id, letters.to_mail FROM public.letters;',
  ),
  view(
    'addressed',
    [
      ['id', 23],
      ['reach', text],
    ],
    ' SELECT p.id, p.mail AS reach FROM public.people p;',
  ),
  view(
    'folded',
    [
      ['id', 23],
      ['mail', text],
    ],
    ' SELECT p.id, lower(p.mail) AS mail FROM public.people p;',
  ),
  view(
    'watched_through',
    [
      ['id', 23],
      ['mail', text],
    ],
    ' SELECT w.id, w.mail FROM public.watched w;',
  ),
  view('reached', CITY, " SELECT p.id, p.city FROM public.people p WHERE (p.mail ~~ 'a%'::text);"),
  view('richest', ID, ' SELECT p.id FROM public.people p ORDER BY p.pay DESC LIMIT 1;'),
  view(
    'flagged',
    [
      ['id', 23],
      ['flag', text],
    ],
    " SELECT p.id, CASE WHEN (p.mail ~~ 'a%'::text) THEN 'y'::text ELSE 'n'::text END AS flag FROM public.people p;",
  ),
  view(
    'tally',
    [
      ['city', text],
      ['n', 20],
    ],
    " SELECT p.city, count(*) FILTER (WHERE (p.mail ~~ 'a%'::text)) AS n FROM public.people p GROUP BY p.city;",
  ),
  view(
    'ranked',
    [
      ['id', 23],
      ['place', 20],
    ],
    ' SELECT p.id, rank() OVER (ORDER BY p.pay) AS place FROM public.people p;',
  ),
  view(
    'exists_flag',
    [
      ['id', 23],
      ['e', 16],
    ],
    " SELECT l.id, (EXISTS ( SELECT 1 FROM public.people p WHERE ((p.mail ~~ 'a%'::text) AND (p.id = l.person)))) AS e FROM public.letters l;",
  ),
  view('guessed', ID, ' SELECT p.id FROM (public.people p JOIN public.plain g ON ((g.word = p.mail)));'),
  view('hinted', ID, ' SELECT p.id FROM public.people p WHERE (p.mail = p.hint);'),
  view('asked', ID, " SELECT p.id FROM public.people p WHERE (p.mail = current_setting('app.guess'::text));"),
  view(
    'switched',
    ID,
    ' SELECT p.id FROM public.people p WHERE (CASE p.mail WHEN (SELECT max(g.word) FROM public.plain g) THEN true ELSE false END);',
  ),
  view(
    'common',
    [['mail', text]],
    ' SELECT p.mail FROM public.people p INTERSECT SELECT g.word FROM public.plain g;',
  ),
  view(
    'watched_by',
    ID,
    ' SELECT p.id FROM (public.people p JOIN pg_catalog.pg_stats s ON ((s.most_common_vals = p.mail)));',
  ),
  view(
    'kept',
    [
      ['id', 23],
      ['flag', text],
    ],
    " SELECT p.id, CASE WHEN (p.mail ~~ 'a%'::text) THEN 'y'::text ELSE 'n'::text END AS flag FROM public.people p;",
    'materialized',
  ),
]

export const KEYS_CATALOG: Catalog = { ...CATALOG, relations: [...CATALOG.relations, ...RELATIONS] }
