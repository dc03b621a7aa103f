/** R3, R4: calls of SQL-language routines, and what relations run by themselves, read as what they do. */
import { beforeAll, describe, expect, test } from 'vitest'
import { readQuery } from '../index.js'
import { analysisOf, loadGrammar, parseOne } from '../shop-fixture.js'
import { EXPECTED_ROUTINE_READINGS } from './expected-routine-readings.js'
import { drawRoutine, routineIndex } from './routine-fixture.js'

beforeAll(loadGrammar)

function rows(): readonly { statement: string; expected: string[] }[] {
  const found: { statement: string; expected: string[] }[] = []
  for (const line of EXPECTED_ROUTINE_READINGS.split('\n')) {
    if (line.startsWith('    ')) found.at(-1)?.expected.push(line.slice(4))
    else if (line !== '') found.push({ statement: line, expected: [] })
  }
  return found
}

function whys(statement: string, searchPath: readonly string[] | 'unknown' = ['public']): readonly string[] {
  const { actions } = readQuery(parseOne(statement), analysisOf(routineIndex(), { searchPath }))
  return actions.flatMap(({ why }) => why ?? [])
}

describe('R3 R4 what a body does, the call does', () => {
  test.each(rows())('$statement', ({ statement, expected }) => {
    expect(drawRoutine(statement)).toEqual(expected)
  })

  test('a body that is text sees the search_path of the moment, one that was parsed does not', () => {
    const path = ['evil', 'public']
    expect(drawRoutine('select public.unqualified()', path)[0]).toBe('~read shop.evil.secret pw[output] *')
    expect(drawRoutine('select * from public.via', path)[1]).toBe('~read shop.evil.secret pw[output] *')
    expect(drawRoutine('select public.settled()', path)[0]).toBe('~read secret pw[output] *')
    expect(drawRoutine('select public.atomic(1)', path)[0]).toBe('~read secret id[filter] pw[output] *')
    expect(drawRoutine('select public.unqualified()', 'unknown')).toContain('= unqualified=()!')
  })

  test('R3 the reason says what kept the body from being read', () => {
    expect(whys('select again(1)').join()).toContain('it calls itself')
    expect(whys('select ping()').join()).toContain('it calls itself')
    expect(whys('select makes()').join()).toContain('a statement that is no query')
    expect(whys('select as_role()').join()).toContain('it runs with `role` set')
    expect(whys('select leak()').join()).toContain('it is written in `plpgsql`')
    expect(whys('select gather(ssn) from customers').join()).toContain('an aggregate of functions')
    expect(whys('select definer()')).toEqual(['`definer` runs with the rights of its owner'])
    expect(whys('select exploding()').join()).toContain('too many parts')
  })

  test('R4 what one calls by oneself is not permitted by what a view calls', () => {
    const { actions } = readQuery(
      parseOne('select * from via, (select unqualified()) x'),
      analysisOf(routineIndex(), { searchPath: ['public'] }),
    )
    expect(actions.filter(({ verb }) => verb === 'call').map(({ derived }) => derived)).toEqual([false])
  })

  test('a body reads no text of the statement, so its literals share a plan', () => {
    const analysis = analysisOf(routineIndex(), { searchPath: ['public'] })
    readQuery(parseOne('select pw_of(1)'), analysis)
    expect(analysis.noted).toEqual({ literals: 0, unknown: [] })
  })
})
