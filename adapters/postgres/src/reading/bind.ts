/** Bind read whole: every declared count and length must add up to the frame (manual §54.7; CVE-2024-27304 and its kin). */
import { type Frame, readInt32, readUint16 } from '@gatehouse/adapter-kit'
import { nameAt, zeroAt } from '../messages.js'
import { isIssued } from './issued.js'

export interface BindFields {
  readonly portal: string
  readonly statement: string
  /** Result formats as sent: none, one for all, or one per column. */
  readonly formats: readonly number[]
  /** A parameter reads like a mask that the gateway issues (R19). */
  readonly issued: boolean
}

/** Undefined when a length lies. Parameter values are only looked at for masks. */
export function readBind(frame: Frame): BindFields | undefined {
  const { buffer, end } = frame
  const portal = zeroAt(buffer, frame.start + 5, end)
  const statement = portal < 0 ? -1 : zeroAt(buffer, portal + 1, end)
  if (statement < 0) return undefined
  let at = statement + 1
  const parameterFormats = readFormats(buffer, at, end)
  if (parameterFormats === undefined) return undefined
  at += 2 + parameterFormats.length * 2
  if (at + 2 > end) return undefined
  const values = readUint16(buffer, at)
  at += 2
  let issued = false
  for (let index = 0; index < values; index += 1) {
    if (at + 4 > end) return undefined
    const length = readInt32(buffer, at)
    at += 4
    if (length < -1) return undefined
    if (length <= 0) continue
    if (at + length > end) return undefined
    issued ||= isIssued(buffer, at, length)
    at += length
  }
  const formats = readFormats(buffer, at, end)
  if (formats === undefined || at + 2 + formats.length * 2 !== end) return undefined
  const name = nameAt(buffer, frame.start + 5, portal)
  const source = nameAt(buffer, portal + 1, statement)
  if (name === undefined || source === undefined) return undefined
  return { portal: name, statement: source, formats, issued }
}

const NO_FORMATS: readonly number[] = []

/** Int16 count, then as many Int16 that are 0 (text) or 1 (binary). */
function readFormats(buffer: Uint8Array, at: number, end: number): readonly number[] | undefined {
  if (at + 2 > end) return undefined
  const count = readUint16(buffer, at)
  if (at + 2 + count * 2 > end) return undefined
  if (count === 0) return NO_FORMATS
  const formats: number[] = []
  for (let index = 0; index < count; index += 1) {
    const format = readUint16(buffer, at + 2 + index * 2)
    if (format > 1) return undefined
    formats.push(format)
  }
  return formats
}

/** The format of column `index` as Bind's list means it. */
export function formatOf(formats: readonly number[], index: number): number {
  if (formats.length === 0) return 0
  if (formats.length === 1) return formats[0] as number
  return formats[index] ?? 0
}
