import { describe, expect, test } from 'vitest'
import type { Field, FieldPlace, KeyJoin, Verb } from '../action.js'
import { decideFor, sampleAction, samplePolicy, sampleStatement } from '../sample.js'

const place = (text: string, ...classes: string[]): FieldPlace => {
  const path = text.split('.')
  return { resource: path.slice(0, -1), field: path.at(-1) ?? '', classes }
}
const SOURCE = place('shop.public.customers.email', 'email', 'pii')
const ARCHIVE = place('shop.public.archive.email', 'email', 'pii')

interface Given {
  readonly field: Partial<Field> & Pick<Field, 'uses'>
  readonly verb?: Verb
  /** Of the mask rule. */
  readonly keys?: string
  /** More rules. */
  readonly rules?: string
  readonly classes?: readonly string[]
}

function codeOf({ field, verb = 'read', keys = '', rules = '', classes = ['email', 'pii'] }: Given): string {
  const policy = samplePolicy(
    `- {name: y, effect: permit, verbs: [read, insert]}\n- {name: m, effect: mask, classes: [pii], with: partial${keys}}\n${rules}`,
  )
  const read = sampleAction(verb, 'shop.public.customers', { fields: [{ name: 'email', classes, ...field }] })
  const { decision } = decideFor(policy, sampleStatement([read]))
  return decision.effect === 'forbid' ? decision.code : decision.effect
}

describe('R19 flow', () => {
  const moves = (into: FieldPlace[] | undefined, keys?: string, rules?: string) =>
    codeOf({
      field: { uses: ['flow'], ...(into && { into }) },
      ...(keys && { keys }),
      ...(rules && { rules }),
    })

  test('same-class, the default: unchanged copies into fields that the same rule masks and that bear every class', () => {
    expect(moves([ARCHIVE])).toBe('permit')
    expect(moves([ARCHIVE], ', flow: same-class')).toBe('permit')
    expect(moves([ARCHIVE, place('shop.public.archive.note')])).toBe('GH_FLOW')
    expect(moves([place('shop.public.archive.phone', 'phone', 'pii')])).toBe('GH_FLOW')
    expect(moves([place('shop.public.archive.more', 'email', 'pii', 'health')])).toBe('permit')
    expect(moves(undefined)).toBe('GH_FLOW')
  })

  test('a rule by field names does not follow the value to a name that it does not name', () => {
    const rule = (fields: string) => `- {name: f, effect: mask, fields: [${fields}], with: redact}\n`
    expect(moves([ARCHIVE], '', rule('"shop.public.customers.email"'))).toBe('GH_FLOW')
    expect(moves([ARCHIVE], '', rule('"shop.public.*.email"'))).toBe('permit')
  })

  test('nor does one whose condition may answer otherwise there', () => {
    const rule = `- {name: c, effect: mask, classes: [email], with: redact, if: 'action.resource.endsWith("s")'}\n`
    expect(moves([ARCHIVE], '', rule)).toBe('GH_FLOW')
  })

  test('a place that the viewer can shape is none of that class: its checks and defaults would ask about the values', () => {
    for (const verb of ['create', 'alter']) {
      const rule = (resource: string) =>
        `- {name: d, effect: permit, verbs: [${verb}], resources: ["${resource}"]}\n`
      expect(moves([ARCHIVE], '', rule('shop.public.*'))).toBe('GH_FLOW')
      expect(moves([ARCHIVE], '', rule('shop.lab.*'))).toBe('permit')
    }
    const own = place('shop.pg_temp_3.archive.email', 'email', 'pii')
    expect(moves([own])).toBe('GH_FLOW')
    const forbidden = `- {name: d, effect: permit, verbs: [create]}\n- {name: n, effect: forbid, verbs: [create]}\n`
    expect(moves([ARCHIVE], '', forbidden)).toBe('permit')
  })

  test('forbid and allow', () => {
    expect(moves([ARCHIVE], ', flow: forbid')).toBe('GH_FLOW')
    expect(moves(undefined, ', flow: allow')).toBe('permit')
    expect(
      moves([ARCHIVE], ', flow: allow', '- {name: s, effect: mask, classes: [email], with: redact}\n'),
    ).toBe('permit')
    expect(
      moves(undefined, ', flow: allow', '- {name: s, effect: mask, classes: [email], with: redact}\n'),
    ).toBe('GH_FLOW')
  })

  test('who sees a field masked writes nothing of their own into it', () => {
    const writes = (field: Partial<Field>, keys = '') =>
      codeOf({ field: { uses: ['written'], ...field }, verb: 'insert', keys })
    expect(writes({})).toBe('GH_FLOW')
    expect(writes({ from: [SOURCE] })).toBe('permit')
    expect(writes({ from: [SOURCE, place('shop.public.customers.city')] })).toBe('GH_FLOW')
    expect(writes({ from: [SOURCE] }, ', flow: forbid')).toBe('GH_FLOW')
    expect(writes({}, ', flow: allow')).toBe('permit')
  })

  test('an issued mask is refused as a value, whatever flow says, and the refusal says why', () => {
    expect(
      codeOf({ field: { uses: ['written'], issued: true }, verb: 'insert', keys: ', flow: allow' }),
    ).toBe('GH_FLOW')
    const policy = samplePolicy(
      `- {name: y, effect: permit, verbs: [insert]}\n- {name: m, effect: mask, classes: [pii], with: partial, flow: allow}`,
    )
    const fields = [{ name: 'email', uses: ['written' as const], classes: ['pii'], issued: true as const }]
    expect(
      decideFor(policy, sampleStatement([sampleAction('insert', 'shop.public.customers', { fields })]))
        .decision,
    ).toMatchObject({
      message: expect.stringContaining('is a mask, not data'),
    })
  })
})

describe('R17 joinable', () => {
  const keyJoin = (changes: Partial<KeyJoin> = {}): KeyJoin => ({
    ours: [SOURCE],
    theirs: [place('shop.public.letters.to_mail')],
    declared: false,
    through: [],
    ...changes,
  })
  const policyOf = (join: KeyJoin | undefined, keys = '', more = '', classes = ['email', 'pii']): string => {
    const policy = samplePolicy(
      `- {name: y, effect: permit, verbs: [read]}\n- {name: m, effect: mask, classes: [pii], with: partial${keys}}\n${more}`,
    )
    const fields = [{ name: 'email', uses: ['join' as const], classes, ...(join && { joins: [join] }) }]
    const { decision } = decideFor(
      policy,
      sampleStatement([sampleAction('read', 'shop.public.customers', { fields })]),
    )
    return decision.effect === 'forbid' ? decision.code : decision.effect
  }
  const LISTED = ', joinable: [["shop.public.letters.to_mail", "shop.public.customers.email"]]'

  test('along a declared foreign key or a listed pair, in either order, and no other column', () => {
    expect(policyOf(undefined)).toBe('GH_PROBING')
    expect(policyOf(keyJoin())).toBe('GH_PROBING')
    expect(policyOf(keyJoin({ declared: true }))).toBe('permit')
    expect(policyOf(keyJoin(), LISTED)).toBe('permit')
    expect(
      policyOf(keyJoin(), ', joinable: [["shop.public.customers.email", "shop.public.letters.to_mail"]]'),
    ).toBe('permit')
    expect(policyOf(keyJoin({ theirs: [place('shop.public.letters.id')] }), LISTED)).toBe('GH_PROBING')
    expect(
      policyOf(keyJoin(), ', joinable: [["shop.public.letters.to_mail", "shop.public.staff.email"]]'),
    ).toBe('GH_PROBING')
  })

  test('what can be guessed joins along listed pairs alone', () => {
    const classes = ['national-id', 'pii']
    expect(policyOf(keyJoin({ declared: true }), '', '', classes)).toBe('GH_PROBING')
    expect(policyOf(keyJoin(), LISTED, '', classes)).toBe('permit')
    expect(policyOf(keyJoin({ declared: true }), ', probing: forbid')).toBe('GH_PROBING')
    expect(policyOf(undefined, ', probing: allow')).toBe('permit')
  })

  test('never with a relation that the viewer can fill, directly, through a view, or when a condition holds', () => {
    const all = `- {name: w, effect: permit, verbs: [insert]}\n`
    expect(policyOf(keyJoin({ declared: true }), '', all)).toBe('GH_PROBING')
    for (const verb of ['insert', 'update', 'copy-in', 'create', 'alter']) {
      const permit = (resource: string) =>
        `- {name: w, effect: permit, verbs: [${verb}], resources: ["${resource}"]}\n`
      expect(policyOf(keyJoin({ declared: true }), '', permit('shop.public.letters')), verb).toBe(
        'GH_PROBING',
      )
      expect(policyOf(keyJoin(), LISTED, permit('shop.public.letters')), verb).toBe('GH_PROBING')
      expect(policyOf(keyJoin({ declared: true }), '', permit('shop.public.box')), verb).toBe('permit')
      expect(
        policyOf(
          keyJoin({ declared: true, through: [['shop', 'public', 'box']] }),
          '',
          permit('shop.public.box'),
        ),
        verb,
      ).toBe('GH_PROBING')
    }
    const sometimes = `- {name: w, effect: permit, verbs: [insert], if: 'now > timestamp("2030-01-01T00:00:00Z")'}\n`
    expect(policyOf(keyJoin({ declared: true }), '', sometimes)).toBe('GH_PROBING')
    const fields = `- {name: w, effect: permit, verbs: [update], fields: ["shop.public.letters.id"]}\n`
    expect(policyOf(keyJoin({ declared: true }), '', fields)).toBe('GH_PROBING')
    expect(policyOf(keyJoin({ declared: true, theirs: [place('shop.pg_temp.g.x')] }))).toBe('GH_PROBING')
  })
})

describe("R16 a view owner's own conditions", () => {
  const sees = (field: Partial<Field>, more = '') => {
    const policy = samplePolicy(
      `- {name: y, effect: permit, verbs: [read]}\n- {name: m, effect: mask, classes: [pii], with: partial, probing: forbid}\n${more}`,
    )
    const base = sampleAction('read', 'shop.public.customers', {
      derived: true,
      fields: [{ name: 'email', uses: ['definition'], classes: ['pii'], ...field }],
    })
    const { decision } = decideFor(policy, sampleStatement([sampleAction('read', 'shop.public.v'), base]))
    return decision.effect === 'forbid' ? decision.code : decision.effect
  }

  test('are none of the viewer, unless they compare with what the viewer can write, or with nobody knows what', () => {
    const beside = [['shop', 'public', 'guesses']]
    expect(sees({ beside: [] })).toBe('permit')
    expect(sees({ beside })).toBe('permit')
    expect(
      sees({ beside }, '- {name: w, effect: permit, verbs: [insert], resources: ["shop.public.guesses"]}\n'),
    ).toBe('GH_PROBING')
    expect(sees({})).toBe('GH_PROBING')
  })

  test('still bind a forbid on the field', () => {
    expect(
      sees({ beside: [] }, '- {name: f, effect: forbid, fields: ["shop.public.customers.email"]}\n'),
    ).toBe('GH_FORBIDDEN')
  })
})

describe('R4 writing through a view', () => {
  const write = (more: string) => {
    const policy = samplePolicy(
      `- {name: y, effect: permit, verbs: [insert], resources: ["shop.lab.*"]}\n${more}`,
    )
    const view = sampleAction('insert', 'shop.lab.v')
    const base = sampleAction('insert', 'shop.public.orders', { derived: true })
    return decideFor(policy, sampleStatement([view, base])).decision.effect
  }

  test('needs permission on its base too when whoever writes could have made the view', () => {
    expect(write('')).toBe('permit')
    const maker = '- {name: c, effect: permit, verbs: [create], resources: ["shop.lab.*"]}\n'
    expect(write(maker)).toBe('forbid')
    expect(
      write(`${maker}- {name: o, effect: permit, verbs: [insert], resources: ["shop.public.orders"]}\n`),
    ).toBe('permit')
  })
})
