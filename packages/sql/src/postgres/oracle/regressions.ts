/** Table of statements on which reader and server once differed; they run against every scene. */

export const REGRESSIONS: readonly string[] = [
  // The server has named the subquery's column before it names what is around it.
  "select (select date '2024-01-01' from t1 limit 1)::text, (select 1)::text, (values (2))::text",
  'select (select id from t1 union select 2 limit 1)::text, (select t1::text from t1 limit 1)::name',
  // USING shows the left side's own column, whatever the other is made of.
  'select id from one.t1 left join (select id + 0 as id from two.t1) x using (id)',
  'select id from (select id + 0 as id from two.t1) x right join one.t2 using (id)',
]
