/** What may stand as a name of a person, a group or an agent. */

const MOST = 256

/**
 * 1 to 256 characters, none of them invisible: control, format (bidirectional ones too), separators of lines, lone
 * surrogates. Two names that look alike to a person who reads a policy must not differ by such.
 */
export function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= MOST &&
    !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(value)
  )
}
