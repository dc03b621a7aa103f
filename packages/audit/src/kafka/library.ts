/** kafkajs, loaded by the first who wants it: of a gateway without Kafka it would be an eighth of the start. */
import { createRequire } from 'node:module'
import type * as Kafkajs from 'kafkajs'

const require = createRequire(import.meta.url)

export const kafkajs = (): typeof Kafkajs => require('kafkajs')
