import { expect, test } from 'vitest'
import { readCommentTags } from './comment-tags.js'

test.each([
  ['gatehouse: pii, email', ['pii', 'email']],
  ['Gatehouse:confidential', ['confidential']],
  ['Home address; gatehouse: address, pii; ask legal', ['address', 'pii']],
  ['gatehouse: email and then some prose, phone', ['email', 'phone']],
  ['gatehouse: pii\nfurther, email', ['pii']],
  ['[pii]', ['pii']],
  ['the [pii:email] of a customer', ['pii', 'email']],
  ['[PII:Person-Name]', ['pii', 'person-name']],
  ['a list [1:2], an array [text]', []],
  ['see gatehouse documentation', []],
  ['notgatehouse: pii', []],
  ['gatehouse: !, email', []],
  ['', []],
])('%j', (comment, classes) => {
  expect(readCommentTags(comment)).toEqual(classes)
})
