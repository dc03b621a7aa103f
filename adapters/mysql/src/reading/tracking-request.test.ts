/** Nobody is tracked less than the gateway needs, whatever is asked. */
import { expect, test } from 'vitest'
import { isTrackedAlready, withAllTracked } from './tracking-request.js'

const WANTED =
  "CONCAT('autocommit,time_zone',IF(LOCATE('*',@@session_track_system_variables)>0 OR FIND_IN_SET('last_gtid',LOWER(REPLACE(@@session_track_system_variables,' ','')))>0,',last_gtid',''))"

test('what Connector/J asks for becomes all', () => {
  const mode = "sql_mode=CONCAT(@@sql_mode,',STRICT_TRANS_TABLES')"
  expect(withAllTracked(`set ${mode},session_track_system_variables=${WANTED},NAMES utf8mb4`)).toBe(
    `set ${mode},session_track_system_variables='*',NAMES utf8mb4`,
  )
  expect(
    withAllTracked(`set session_track_schema=1,session_track_system_variables=${WANTED},autocommit=1`),
  ).toBe("set session_track_schema=1,session_track_system_variables='*',autocommit=1")
})

test.each([
  `set @a='x',session_track_system_variables=${WANTED}`,
  `select "set session_track_system_variables=${WANTED}"`,
  `set session_track_system_variables=${WANTED}||'x'`,
  `set session_track_system_variables=${WANTED.replace('autocommit', 'a"\'b')}`,
  "set session_track_system_variables='autocommit'",
])('as it was: %s', (text) => expect(withAllTracked(text)).toBe(text))

test('only what is so already may be said again', () => {
  expect(isTrackedAlready('session_track_system_variables', '*')).toBe(true)
  expect(isTrackedAlready('session_track_schema', 'ON')).toBe(true)
  for (const [name, value] of [
    ['session_track_system_variables', 'autocommit'],
    ['session_track_system_variables', undefined],
    ['session_track_schema', '0'],
    ['session_track_state_change', '0'],
  ] as const)
    expect(isTrackedAlready(name, value)).toBe(false)
})
