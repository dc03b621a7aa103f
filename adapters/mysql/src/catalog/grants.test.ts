import { describe, expect, test } from 'vitest'
import { dangerousRights, mayShowTriggers, readGrants } from './grants.js'

const TO = 'TO `g`@`%`'

describe('R12 what is dangerous', () => {
  test.each([
    [`GRANT USAGE ON *.* ${TO} IDENTIFIED BY PASSWORD '*AA'`, []],
    [`GRANT SELECT, INSERT, SHOW VIEW, TRIGGER ON \`shop\`.* ${TO}`, []],
    [`GRANT SHOW DATABASES, SHOW VIEW, TRIGGER, EXECUTE, SHOW_ROUTINE ON *.* ${TO}`, []],
    [`GRANT ALL PRIVILEGES ON \`shop\`.* ${TO}`, []],
    [`GRANT SELECT (\`a, b) ON x\`), INSERT ON \`shop\`.\`a\` ${TO}`, []],
    [`GRANT SUPER, PROCESS, FILE ON *.* ${TO}`, ['FILE', 'PROCESS', 'SUPER']],
    [`GRANT CREATE USER ON *.* ${TO}`, ['CREATE USER']],
    [`GRANT SYSTEM_USER,BACKUP_ADMIN ON *.* ${TO}`, ['BACKUP_ADMIN', 'SYSTEM_USER']],
    [`GRANT CONNECTION ADMIN, SET USER ON *.* ${TO}`, ['CONNECTION ADMIN', 'SET USER']],
    [`GRANT A_PRIVILEGE_OF_TOMORROW ON *.* ${TO}`, ['A_PRIVILEGE_OF_TOMORROW']],
    [`GRANT ALL PRIVILEGES ON *.* ${TO}`, ['ALL PRIVILEGES']],
    [`GRANT SELECT ON \`shop\`.* ${TO} WITH GRANT OPTION`, ['GRANT OPTION']],
    [`GRANT PROXY ON ''@'%' ${TO}`, ['PROXY']],
    ['GRANT `admin`@`%` TO `g`@`%` WITH ADMIN OPTION', ['GRANT OPTION']],
    ['GRANT `plain`@`%`,`other`@`%` TO `g`@`%`', []],
    [`GRANT SELECT ON *.* ${TO}`, ['SELECT on mysql.*']],
    [`GRANT SELECT ON \`mysql\`.* ${TO}`, ['SELECT on mysql.*']],
    [`GRANT UPDATE ON \`MySQL\`.\`user\` ${TO}`, ['UPDATE on mysql.*']],
    [`GRANT SELECT ON \`m%\`.* ${TO}`, ['SELECT on mysql.*']],
    [`GRANT SELECT ON \`mys__\`.* ${TO}`, ['SELECT on mysql.*']],
    [`GRANT SELECT ON \`mys\\_l\`.* ${TO}`, []],
    [`GRANT SELECT ON \`m%\`.\`user\` ${TO}`, []],
    ['GRANT something nobody has seen', ['UNKNOWN']],
    ['SET DEFAULT ROLE `r` FOR `g`@`%`', []],
    ['GRANT SELECT ON `mysql`.* TO PUBLIC', ['SELECT on mysql.*']],
  ])('%s', (line, rights) => {
    expect(dangerousRights(readGrants([line]))).toEqual(rights)
  })

  test('what a partial revoke takes away again is not held', () => {
    const lines = [`GRANT SELECT, INSERT ON *.* ${TO}`, 'REVOKE SELECT ON `mysql`.* FROM `g`@`%`']
    expect(dangerousRights(readGrants(lines))).toEqual(['INSERT on mysql.*'])
  })

  test('no line is ever repeated', () => {
    const line = `GRANT EXOTIC ON *.* ${TO} IDENTIFIED BY PASSWORD '*HASH'`
    expect(JSON.stringify(readGrants([line, `${line} x`]))).not.toContain('HASH')
  })
})

test('R2 who sees the triggers of which table', () => {
  const grants = readGrants([
    `GRANT TRIGGER ON \`shop\`.* ${TO}`,
    `GRANT ALL PRIVILEGES ON \`a\\_b\`.* ${TO}`,
    `GRANT SELECT, TRIGGER ON \`hr\`.\`staff\` ${TO}`,
    `GRANT SELECT ON *.* ${TO}`,
  ])
  const may = (schema: string, name: string) => mayShowTriggers(grants, schema, name)
  expect([may('shop', 'x'), may('a_b', 'x'), may('hr', 'staff')]).toEqual([true, true, true])
  expect([may('aXb', 'x'), may('hr', 'pay'), may('other', 'x')]).toEqual([false, false, false])
  const revoked = readGrants([`GRANT TRIGGER ON *.* ${TO}`, 'REVOKE TRIGGER ON `hr`.* FROM `g`@`%`'])
  expect([mayShowTriggers(revoked, 'shop', 'x'), mayShowTriggers(revoked, 'hr', 'x')]).toEqual([true, false])
})
