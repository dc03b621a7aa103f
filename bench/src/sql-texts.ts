/** The statements that the cost of reading is measured with, and the clock: the least of many short rounds. */

/** Some 100 bytes. */
export const point = (n: number) =>
  `select id, name, email, ssn from t7 where id = ${n} and name = 'somebody ${n}' and state is not null`

/** `n` stands in an alias: no text is like another. */
export const fresh = (n: number) =>
  `select id, name, email as e${n} from t${n % 50} where id = 1 and state = 'open'`
export const joins = (n: number) =>
  `select a.id, b.name as n${n}, upper(c.ssn) as s, count(*) as n, max(d.total) as most from t1 a join t2 b on b.id = a.id left join t3 c on c.id = b.id join t4 d on d.id = c.id join t5 e on e.id = d.id where a.id = 1 and e.name like 'x%' group by a.id, b.name, c.ssn order by 4 desc`

const ROUNDS = 400

/** As it comes from a socket: no text that was hashed before. */
export function asSent(text: string): string {
  return Buffer.from(text).toString()
}

export function least(times: number, work: () => unknown): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint()
    for (let each = 0; each < times; each++) work()
    best = Math.min(best, Number(process.hrtime.bigint() - start) / times)
  }
  return best
}

export async function leastCold(
  read: (text: string) => unknown,
  text: (n: number) => string,
): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let n = 0; n < ROUNDS * 10; n++) {
    const sent = asSent(text(n))
    const start = process.hrtime.bigint()
    await read(sent)
    best = Math.min(best, Number(process.hrtime.bigint() - start))
  }
  return best
}
