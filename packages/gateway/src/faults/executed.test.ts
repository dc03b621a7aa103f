/** What the servers' logs say was executed, and what they only say was asked for. */
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@gatehouse/workbench'
import { expect, onTestFinished, test } from 'vitest'
import { followLog, numbersIn } from './executed.js'
import { numbersExecuted } from './mariadb.js'

function log(numbers: (text: string) => number[], before = '') {
  const folder = temporaryFolder('log')
  onTestFinished(() => folder.remove())
  const path = join(folder.path, 'log')
  writeFileSync(path, before)
  const read = followLog(path, numbers)
  return { append: (text: string) => appendFileSync(path, text), read: () => [...read()] }
}

test('a log is followed from its end, and by whole lines', () => {
  const { append, read } = log(numbersIn, 'select n_1_n\n')
  expect(read()).toEqual([])
  append('select n_2_n\nselect n_3')
  expect(read()).toEqual([2])
  append('4_n\nselect n_5_n')
  expect(read()).toEqual([2, 34])
  append('\n')
  expect(read()).toEqual([2, 34, 5])
})

test('of the general log only what was executed counts, over several lines too', () => {
  const { append, read } = log(numbersExecuted())
  append('261121 21:45:15\t     7 Connect\tgatehouse@127.0.0.1 on shop using TCP/IP\n')
  append('\t\t     7 Prepare\tselect city as n_1_n from customers where id = ?\n')
  append('\t\t     7 Execute\tselect city as n_2_n from customers where id = 3\n')
  append('261121  1:02:03\t    12 Query\tselect 1,\n  2 as n_3_n\n')
  append('\t\t    12 Prepare\tselect\nn_4_n\n')
  append('\t\t    12 Close stmt\t\n\t\t    12 Init DB\tn_5_n\n')
  expect(read()).toEqual([2, 3])
})
