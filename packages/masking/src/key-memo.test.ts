import { expect, test } from 'vitest'
import { createKeyMemo } from './key-memo.js'

test('a key stays known when its row was written over', () => {
  const judged: string[] = []
  const memo = createKeyMemo((path) => {
    judged.push(path.join('.'))
    return undefined
  }, false)
  const store = Buffer.alloc(8)
  const read = (key: string) => {
    store.write(key)
    return memo.lookUp(memo.root, store, 0, key.length, 7)
  }
  const email = read('email')
  const phone = read('phone')
  expect(phone).not.toBe(email)
  expect(read('email')).toBe(email)
  expect(read('phone')).toBe(phone)
  expect(judged).toEqual(['email', 'phone'])
})
