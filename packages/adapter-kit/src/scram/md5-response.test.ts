import { expect, test } from 'vitest'
import { md5Response } from './md5-response.js'

test('is what Postgres computes', () => {
  // select 'md5' || md5(convert_to(md5('secret' || 'alice'), 'UTF8') || '\x01020304')
  expect(md5Response('alice', 'secret', Buffer.from([1, 2, 3, 4]))).toBe(
    'md598a0412b9c31436fc53776e863350083',
  )
})
