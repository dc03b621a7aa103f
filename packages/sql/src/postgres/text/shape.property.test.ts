import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { grammarOf, loadParser, type Parser } from '../grammar.js'
import { isTree } from '../tree.js'
import { quickShape } from './quick-shape.js'
import { anyShape, shapeOf } from './shape.js'

let parsers: Parser[]
beforeAll(async () => {
  parsers = await Promise.all([15, 18].map((major) => loadParser(grammarOf(major))))
}, 30_000)

/** The tree without locations, with each constant reduced to its kind and an IN list of constants to two. */
function skeleton(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(skeleton)
  if (!isTree(value)) return value
  if (isTree(value.A_Const)) return kindOf(value.A_Const)
  const kept = Object.entries(value).filter(([member]) => !/(?:^|_)(?:location|len|start|end)$/.test(member))
  const result = Object.fromEntries(kept.map(([member, inner]) => [member, skeleton(inner)]))
  if (value.kind !== 'AEXPR_IN' || !isTree(result.rexpr) || !isTree(result.rexpr.List)) return result
  const items = result.rexpr.List.items as unknown[]
  return items.length > 1 && items.every((item) => JSON.stringify(item) === JSON.stringify(items[0]))
    ? { ...result, rexpr: { List: { items: items.slice(0, 2) } } }
    : result
}

function kindOf(constant: Readonly<Record<string, unknown>>): unknown {
  if ('boolval' in constant || 'isnull' in constant)
    return JSON.stringify([constant.boolval, constant.isnull])
  const float = isTree(constant.fval) ? String(constant.fval.fval) : undefined
  if (float === undefined)
    return { constant: 'ival' in constant ? 'int' : 'sval' in constant ? 'string' : 'bits' }
  const whole = /^-?\d+$/.test(float)
  const size = whole ? BigInt(float) : 0n
  return {
    constant: whole && size <= 9223372036854775807n && size >= -9223372036854775808n ? 'int8' : 'numeric',
  }
}

function outcome(parser: Parser, text: string): string {
  const parsed = parser.parse(text)
  return 'fault' in parsed ? 'rejected' : JSON.stringify(skeleton(parsed.stmts))
}

const number = fc.oneof(
  fc.nat().map(String),
  fc.bigInt({ min: 0n, max: 2n ** 65n }).map(String),
  fc.constantFrom(
    '2147483647',
    '2147483648',
    '9223372036854775807',
    '9223372036854775808',
    '007',
    '.5',
    '1.',
    '1e9',
    '0',
  ),
)
const string = fc.oneof(
  fc.string({ maxLength: 6 }).map((inside) => `'${inside.replaceAll("'", "''").replaceAll('\0', '')}'`),
  fc.constantFrom("e'\\''", "E'a\\\\'", "b'0'", "X'F'", "N'n'", '$$x$$', '$t$ $$ $t$', "U&'a'"),
)
const fragment = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 4, arbitrary: string },
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      ...' ;a;b.c;"D";,;(;);[;];in;in (1,2);s.in(1,2);not;and;or;+;-;--;- -;->;->>;?;?|;#;=;<>;::;:;::float(;24);::numeric(9,2);/*;*/;/* c */;$1;f(;select;from t;where;null;true;case;when;then;end;as x;e;b;x;u&;interval;date;at time zone;between;like;limit;union all select;order by;values (;is not null;collate "C";\n;\t;--c\n;.;..;@;float;position(;array['.split(
        ';',
      ),
    ),
  },
)

test('R5 texts of one shape have one tree but for constants, to the oldest and the newest grammar', () => {
  const seen = new Map<string, { text: string; outcomes: string[] }>()
  let shared = 0
  fc.assert(
    fc.property(
      fc.array(fragment, { minLength: 1, maxLength: 9 }),
      fc.constantFrom('', ' '),
      (parts, gap) => {
        const text = `select ${parts.join(gap)}`
        if (text.includes('\0') || !text.isWellFormed()) return
        const shape = shapeOf(text)
        expect(quickShape(text) ?? anyShape(text)).toBe(anyShape(text))
        if (shape === undefined) return
        const outcomes = parsers.map((parser) => outcome(parser, text))
        const known = seen.get(shape)
        if (!known) seen.set(shape, { text, outcomes })
        else if (known.text !== text) {
          shared++
          expect({ text, outcomes }).toEqual({ text, outcomes: known.outcomes })
        }
      },
    ),
    { numRuns: 20_000 },
  )
  expect(shared).toBeGreaterThan(100)
}, 60_000)

test('R5 another constant of the same kind keeps the shape', () => {
  const templates = [
    'select a from t where b = ? and c in (?, ?)',
    'insert into t values (?, ?) returning a',
    'update t set a = ? where b > -?',
  ]
  const whole = fc.integer({ min: 0, max: 2147483647 }).map(String)
  fc.assert(
    fc.property(
      fc.constantFrom(...templates),
      fc.array(whole, { minLength: 6, maxLength: 6 }),
      (template, values) => {
        const fill = (from: number) => {
          let at = from
          return template.replaceAll('?', () => values[at++ % values.length] ?? '0')
        }
        expect(shapeOf(fill(0))).toBe(shapeOf(fill(3)))
      },
    ),
  )
})

test('R5 the quick way gives the key that the long one gives, or none', () => {
  const piece = fc.oneof(
    fragment,
    fc.constantFrom(
      ..."select|SELECT|with|in3ert|sel_ct|va1ues| |  |;|; ;|\"a b\"|\"é\"|é|$1|$1a|$$|$|1.5|1.|1..2|1.e2|1e|12345678|1234567890|(|)|'x'|'|''|\"|x'1'|e'\\n'|date'x'|u&\"d\"|--|- -|/|/*|*/|.5|a.5|\v|\0|\x01|float|in|IN (1)|.in".split(
        '|',
      ),
    ),
  )
  fc.assert(
    fc.property(
      fc.constantFrom('select ', 'SELECT', ' insert', '(select', '(', ''),
      fc.array(piece, { maxLength: 8 }),
      fc.constantFrom('', ' ', '\n'),
      (head, parts, gap) => {
        const text = head + parts.join(gap)
        const quick = quickShape(text)
        if (quick !== undefined) expect({ text, key: anyShape(text) }).toEqual({ text, key: quick })
      },
    ),
    { numRuns: 30_000 },
  )
})

test('R5 a text of the longest kind is seen to its end', () => {
  const filler = 'x'.repeat(4096 - 'select  éé'.length)
  expect(quickShape(`select ${filler} éé`)).toBeUndefined()
  expect(quickShape(`select ${filler} ab`)).toBe(`select ${filler} ab`)
  expect(quickShape(`select ${filler} abc`)).toBeUndefined()
})
