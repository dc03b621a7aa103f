/** What MariaDB Connector/J asks to be told of the session: less than the gateway is told already, so it asks for all instead. */

/**
 * The form that it says at its start (4.0): the variables that it wants, and one more where that was tracked. Before and
 * behind it only assignments of plain values may stand, so that no string can hold it.
 */
const REQUEST =
  /^(set (?:[\w.]+=(?:[\w.+-]+|CONCAT\(@@\w+,'[\w,]*'\)),)*session_track_system_variables=)CONCAT\('[\w,]*',IF\(LOCATE\('\*',@@session_track_system_variables\)>0 OR FIND_IN_SET\('last_gtid',LOWER\(REPLACE\(@@session_track_system_variables,' ',''\)\)\)>0,',last_gtid',''\)\)(?=,|$)/i

/** The text to be read and sent in its place. */
export function withAllTracked(text: string): string {
  // Nearly no text begins so, and to ask the expression costs more.
  const mayBe = text.length <= LONGEST && /^set /i.test(text)
  return mayBe ? text.replace(REQUEST, "$1'*'") : text
}

const LONGEST = 2000

/** What the gateway follows the session by, by the values that it was given at the start (login/beginning.ts). */
export function isTrackedAlready(name: string, value: string | undefined): boolean {
  if (name === 'session_track_system_variables') return value === '*'
  return name === 'session_track_schema' && value !== undefined && /^(?:1|on)$/i.test(value)
}
