/** What the gateway's own account signs in by is shown to nobody, by no rule: not even to whom everything is permitted. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeFlavours } from '../wire/fixture.js'
import { signIn } from '../wire/raw-client.js'
import { execute, prepare, query } from '../wire/requests.js'
import { errorOf } from '../wire/transcript.js'
import { PASSWORD, startWorld, type World } from './world.js'

/** Of MariaDB's default plugin, and of caching_sha2_password. */
const DIGEST = /\*[0-9A-F]{40}|\$A\$005/i

const NEVER = 'no rule can permit this: it reads what the accounts of the database sign in by'

describeFlavours('R11 the account’s own secret', (flavour) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({
      flavour,
      roles: [
        `grant all on *.* to gw@'%' with grant option`,
        'create procedure shop.tells() select user, authentication_string from mysql.user',
      ],
      upstream: { privileged: 'accept' },
      rules: [],
    })
  })
  afterAll(() => world?.close())

  /** All bytes that came, in either form, and the first error. */
  const asked = async (...texts: readonly string[]) => {
    const client = await signIn({ port: world.stage.port, user: 'adam', password: PASSWORD })
    let bytes = ''
    let error: string | undefined
    client.socket.on('data', (chunk: Buffer) => {
      bytes += chunk.toString('latin1')
    })
    for (const text of texts) {
      const said = await client.ask(query(text))
      if (said.parts.some(({ kind }) => kind === 'error')) error ??= errorOf(said).message
      const made = await client.ask(prepare(text))
      const [first] = made.parts
      if (first?.kind === 'prepared') await client.ask(execute(first.id))
    }
    await client.close()
    return { bytes, error }
  }

  test.each([
    'select * from mysql.user',
    'select u.* from mysql.user u',
    'select lower(authentication_string) from mysql.user',
    `select user from mysql.user where authentication_string like '*%'`,
    'select user from mysql.user order by authentication_string',
    'create view shop.copied as select * from mysql.user',
    'create table shop.copied as select authentication_string from mysql.user',
    'explain select * from mysql.user',
    ...(flavour === 'mariadb' ? ['select length(priv) from mysql.global_priv'] : ['table mysql.user']),
    ...(flavour === 'mysql' ? ['select password from mysql.password_history'] : []),
  ])('is not read: %s', async (text) => {
    const { bytes, error } = await asked(text)
    expect(error).toContain(NEVER)
    expect(bytes).not.toMatch(DIGEST)
  })

  test('logs of statements are shown to nobody', async () => {
    expect((await asked('show binlog events')).error).toContain('a log shows')
  })

  const OTHERS: readonly (readonly string[])[] = [
    ['show grants'],
    ['show grants for current_user()'],
    ['show create user gw'],
    ["prepare p from 'show grants'", 'execute p'],
    ['call shop.tells()'],
    [
      "set @q = concat('select authentication_string, user from mysql.', 'user')",
      'prepare p from @q',
      'execute p',
    ],
  ]
  test.each(OTHERS.map((texts) => ({ texts, name: texts.join('; ') })))(
    'is taken out of what shows the rest: $name',
    async ({ texts }) => {
      const { bytes, error } = await asked(...texts)
      expect(error).toBeUndefined()
      expect(bytes).toContain('gw')
      expect(bytes).not.toMatch(DIGEST)
    },
  )

  test('what is no secret of theirs is shown', async () => {
    const { bytes, error } = await asked(
      'select user, host, plugin from mysql.user',
      'select count(*) from mysql.user',
    )
    expect(error).toBeUndefined()
    expect(bytes).toContain('gw')
    expect((await asked('show create user gw')).bytes).toContain("'<redacted>'")
  })
})
