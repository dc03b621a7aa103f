import { createByteWriter } from '@gatehouse/adapter-kit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TYPE } from '../messages/index.js'
import { ERROR_FORMS, SERVER_WORDS } from './error-texts.js'
import { createWarningsMask, type RowFormat, scrubError, scrubInfo, scrubText } from './index.js'
import { binaryRow, column, readBinaryRow, readTextRow, textRow } from './row-sample.js'

const isName = (name: string) => ['shop', 'people', 'id', 'ssn', 'u_ssn'].includes(name.toLowerCase())
const scrub = (code: number, message: string, statementText = '') =>
  scrubText(code, message, { isName, statementText })

describe('R20 texts', () => {
  test.each([
    [
      1062,
      "Duplicate entry '123-45-6789' for key 'people.u_ssn'",
      "Duplicate entry '***' for key 'people.u_ssn'",
    ],
    [
      1062,
      "Duplicate entry 'x' for key 'u_ssn' for key 'PRIMARY'",
      "Duplicate entry '***' for key 'PRIMARY'",
    ],
    [1062, "Duplicate entry 'a\nb' for key '123-45-6789'", "Duplicate entry '***' for key '***'"],
    [
      1062,
      "Duplicate entry '123-45-67",
      'message 1062 of the database (text withheld: it may carry masked values)',
    ],
    [
      1366,
      "Incorrect integer value: '1' for column `shop`.`people`.`id` at row 3",
      "Incorrect integer value: '***' for column `shop`.`people`.`id`",
    ],
    [1292, "Truncated incorrect DOUBLE value: '123-45-6789'", "Truncated incorrect DOUBLE value: '***'"],
    [1105, "XPATH syntax error: '~123-45-6789'", "XPATH syntax error: '***'"],
    [1146, "Table 'shop.123-45-6789' doesn't exist", "Table '***' doesn't exist"],
    [
      1205,
      'Lock wait timeout exceeded; try restarting transaction',
      'Lock wait timeout exceeded; try restarting transaction',
    ],
    [
      1690,
      "BIGINT value is out of range in '(123456789 + `shop`.`people`.`id`)'",
      "BIGINT value is out of range in '***'",
    ],
    [
      1644,
      'the ssn is 123-45-6789',
      'message 1644 of the database (text withheld: it may carry masked values)',
    ],
    [
      1003,
      "/* select#1 */ select '123-45-6789' AS `ssn`",
      'message 1003 of the database (text withheld: it may carry masked values)',
    ],
  ])('%i %s', (code, message, shown) => expect(scrub(code, message)).toBe(shown))

  test('a routine that signals a number of the list gets nothing through', () => {
    const secret = '123-45-6789'
    for (const [code, forms] of ERROR_FORMS)
      for (const form of forms) {
        const [written] = typeof form === 'string' ? [form] : form
        const signalled = written.replaceAll('%w', SERVER_WORDS[0]).replaceAll(/%[nvs]/g, secret)
        for (const message of [signalled, `${signalled} ${secret}`, `${secret} ${signalled}`, secret])
          expect(scrub(code, message)).not.toContain(secret)
        const quoted = written
          .replaceAll('%w', secret)
          .replaceAll('%n', `'${secret}'`)
          .replaceAll(/%[vs]/g, '1')
        expect(scrub(code, quoted)).not.toContain(secret)
      }
  })

  test('every form shows itself when its names are known, and the table says no number twice', () => {
    for (const [code, forms] of ERROR_FORMS)
      for (const form of forms) {
        const [written, shown] = typeof form === 'string' ? [form, form] : form
        const fill = (text: string) => text.replaceAll('%w', SERVER_WORDS[0]).replaceAll('%n', '`ssn`')
        const message = fill(written).replaceAll(/%[vs]/g, '1')
        const first = scrub(code, message)
        expect(first).not.toContain('withheld')
        if (forms.length === 1) expect(first).toBe(fill(shown).replaceAll(/%[vs]/g, '***'))
      }
  })

  test('a name shows when the catalog knows it or the viewer wrote it as a word of its own', () => {
    const unknown = "Unknown column 'phon' in 'field list'"
    expect(scrub(1054, unknown, 'select phon from people')).toBe(unknown)
    expect(scrub(1054, unknown, 'select `Phon` from people')).toBe(unknown)
    expect(scrub(1054, unknown, 'select phone from people')).toBe("Unknown column '***' in 'field list'")
    expect(scrub(1054, unknown, "select 'x-phon'")).toBe("Unknown column '***' in 'field list'")
    expect(scrub(1054, "Unknown column '' in 'field list'")).toContain('withheld')
  })

  test('a syntax error repeats the statement only', () => {
    const near = (text: string) =>
      `You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '${text}' at line 1`
    const statement = "select * form people where ssn = '1'"
    expect(scrub(1064, near("form people where ssn = '1'"), statement)).toBe(
      "You have an error in your SQL syntax near 'form people where ssn = '1''",
    )
    expect(scrub(1064, near('123-45-6789'), 'prepare s from @x')).toBe(
      "You have an error in your SQL syntax near '***'",
    )
    expect(scrub(1064, near('people'), statement)).toBe("You have an error in your SQL syntax near '***'")
  })

  test('number and state stay, and a state that is none becomes the general one', () => {
    const error = { code: 1062, state: '23000', message: "Duplicate entry '1' for key 'u_ssn'" }
    expect(scrubError(error, { isName })).toEqual({
      ...error,
      message: "Duplicate entry '***' for key 'u_ssn'",
    })
    expect(scrubError({ ...error, state: '1-456' }, {}).state).toBe('HY000')
  })

  test('info texts of known forms alone', () => {
    for (const info of [
      'Rows matched: 1  Changed: 0  Warnings: 0',
      'Records: 2  Duplicates: 0  Warnings: 1',
      'Records: 3  Deleted: 0  Skipped: 0  Warnings: 0',
    ])
      expect(scrubInfo(info)).toBe(info)
    for (const info of [
      '',
      '123-45-6789',
      'Rows matched: 1  Changed: 0  Warnings: 0 123',
      'redirect://evil',
      `Records: ${'1'.repeat(21)}  Duplicates: 0  Warnings: 0`,
    ])
      expect(scrubInfo(info)).toBe('')
  })

  test('any message ends, and nothing of a long one is kept', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ERROR_FORMS.keys(), 7),
        fc.string({ unit: 'binary', maxLength: 600 }),
        (code, text) => {
          expect(scrub(code, `${text}123-45-6789`)).not.toContain('123-45-6789')
        },
      ),
    )
    // A form that backtracks without end would hang here.
    for (const [code, forms] of ERROR_FORMS)
      for (const form of forms) {
        const [written] = typeof form === 'string' ? [form] : form
        const pieces = written.split(/%[nvws]/).filter((piece) => piece.trim().length > 1)
        scrub(code, (pieces[0] ?? '') + pieces.join('').repeat(9).slice(0, 500))
      }
  })
})

describe('R20 rows of SHOW WARNINGS', () => {
  const columns = [column(TYPE.VAR_STRING), column(TYPE.LONG, { flags: 0x21 }), column(TYPE.VAR_STRING)]
  const row = (format: RowFormat, code: number, message: string) => {
    const number = format === 'text' ? Buffer.from(String(code)) : Buffer.from(Uint32Array.of(code).buffer)
    const values = [Buffer.from('Warning'), number, Buffer.from(message)]
    return format === 'text' ? textRow(values) : binaryRow(columns, values)
  }

  test.each(['text', 'binary'] as const)('each message by its own number, in %s rows', (format) => {
    const mask = createWarningsMask(format, columns, { isName })
    const shown = [
      [1292, "Truncated incorrect DOUBLE value: '123-45-6789'"],
      [1365, 'Division by 0'],
      [1644, '123-45-6789'],
    ].map(([code, message]) => {
      const out = createByteWriter()
      const bytes = row(format, Number(code), String(message))
      mask(bytes, 0, bytes.length, out)
      const whole = new Uint8Array(out.bytes.subarray(0, out.length))
      const values = format === 'text' ? readTextRow(whole, 3) : readBinaryRow(whole, columns)
      expect(Buffer.from(values[0] ?? '').toString()).toBe('Warning')
      return Buffer.from(values[2] ?? '').toString()
    })
    expect(shown).toEqual([
      "Truncated incorrect DOUBLE value: '***'",
      'Division by 0',
      'message 1644 of the database (text withheld: it may carry masked values)',
    ])
  })

  test('rows of another shape show nothing', () => {
    for (const others of [
      columns.slice(0, 2),
      [...columns, column(TYPE.VAR_STRING)],
      columns.map(() => column(TYPE.VAR_STRING)),
    ]) {
      const out = createByteWriter()
      const values = others.map(() => Buffer.from('123-45-6789'))
      const bytes = textRow(values)
      createWarningsMask('text', others, {})(bytes, 0, bytes.length, out)
      expect(readTextRow(new Uint8Array(out.bytes.subarray(0, out.length)), others.length)).toEqual(
        others.map(() => null),
      )
    }
  })
})
