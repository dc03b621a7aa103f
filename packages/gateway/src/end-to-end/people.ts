/** People with everything that is nobody's business, for tests of masks and of what is kept about statements. */
import pg from 'pg'
import { CONFIG, type Stage } from './stage.js'

const SCHEMA = `
create table people (
  id int primary key,
  full_name text not null,
  email text not null unique,
  phone text,
  national_id text,
  salary int,
  birth_date date,
  joined timestamptz not null,
  notes text,
  profile jsonb
);
comment on column people.notes is 'what support wrote. gatehouse: pii';
create index people_joined on people (joined);
create view contacts as select id, full_name as name, lower(email) as mail from people;
create sequence tickets;
create type mood as enum ('glad', 'sad');
create function greeting(whom text) returns text language sql immutable as 'select ''hello '' || whom';
insert into people
  select n, 'Quentin Person' || n, 'quentin' || n || '@people.example', '+49 30 55512' || 100 + n, 'NID-7734-' || 100 + n, 71000 + n,
    date '1980-03-01' + n, timestamptz '2026-01-01 00:00:00+00', 'called from Zanzibar ' || n, jsonb_build_object('email', 'json' || n || '@people.example')
  from generate_series(1, 9) n;
grant select, insert, update, delete on people to gatehouse;
grant select on contacts to gatehouse;
`

const POLICY = `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: people}
rules:
  - {name: everybody-connects, effect: permit, verbs: [connect]}
  - {name: everybody-works, effect: permit, verbs: [read, copy-out, insert, update, delete, copy-in, call, lock], resources: ["shop.public.*"]}
  - {name: everybody-tells, effect: permit, verbs: [call, listen], resources: ["shop.news"]}
  - {name: cleared, effect: permit, groups: [clear], verbs: [read, copy-out], classes: [pii, secret, financial, health], resources: ["shop.public.*"]}
  - {name: profiles, effect: mask, fields: ["shop.public.people.profile:email"], with: redact, unless: '"clear" in identity.groups'}
`

/** `ann` sees masks, `ben` does not; the packs are those that one would begin with. */
export async function openPeople(stage: Stage): Promise<void> {
  const owner = new pg.Client({ connectionString: stage.postgres.url.replace(/postgres$/, 'shop') })
  await owner.connect()
  await owner.query(SCHEMA)
  await owner.end()
  stage.write(
    'gatehouse.yaml',
    CONFIG(stage.postgres.port)
      .replace(
        'name: ben, password: {env: PASSWORD}, groups: [analysts]',
        'name: ben, password: {env: PASSWORD}, groups: [clear]',
      )
      .replace('[pack:observe, ./policies]', '[pack:tools, pack:guardrails, pack:masking, ./policies]')
      .replace('perUser: 3', 'perUser: 8'),
  )
  stage.write('policies/stage.yaml', POLICY)
}

/** What no masked viewer may get to see, in whatever form a value comes. */
export const SECRETS = /Quentin|quentin\d|55512\d|NID-7734|710\d\d|1980-03|Zanzibar|json\d/
