/** Reads a spool as an earlier process left it: cuts a torn tail, refuses damage, finds decisions without outcome. */
import { GatehouseError } from '@gatehouse/core'
import type { SpoolNote } from '../ocsf/note-writer.js'
import { type Scan, scanSegment } from './scan-segment.js'
import { type Segment, segmentFirst, segmentName } from './segment.js'
import { type SpoolFiles, syncFolder, writeAll } from './spool-files.js'

export interface Recovered {
  readonly closed: Segment[]
  readonly next: number
  /** Decisions without outcome, by record uid: the spool bodies. */
  readonly open: Map<string, string>
  readonly notes: SpoolNote[]
}

function damaged(path: string, why: string): GatehouseError {
  return new GatehouseError(
    'GH_SPOOL',
    `\`${path}\` is damaged: ${why}; restore it or move the whole spool aside`,
  )
}

/** A full disk, which is what tore the tail more often than not, does not stop the start. */
function keepAside(files: SpoolFiles, path: string, tail: Buffer): void {
  try {
    const fd = files.openSync(path, 'w', 0o600)
    try {
      writeAll(files, fd, tail)
    } finally {
      files.closeSync(fd)
    }
  } catch {
    // The note about the cut says how much it was.
  }
}

/** Puts aside what stands past `good`, then cuts it off. */
function cut(files: SpoolFiles, folder: string, name: string, { good, size }: Scan): void {
  const fd = files.openSync(`${folder}/${name}`, 'r+')
  try {
    const tail = Buffer.alloc(size - good)
    files.readSync(fd, tail, 0, tail.length, good)
    keepAside(files, `${folder}/${name}.${good}.torn`, tail)
    files.ftruncateSync(fd, good)
    files.fsyncSync(fd)
  } finally {
    files.closeSync(fd)
  }
  syncFolder(files, folder)
}

function truncated(name: string, scan: Scan): SpoolNote {
  const bytes = scan.size - scan.good
  return {
    kind: 'truncated',
    message: `${bytes} bytes that were no whole record were cut from the end of the spool`,
    facts: { segment: name, offset: scan.good, bytes },
  }
}

/**
 * Scans every segment. Invariant: only the last one may end in a frame that does not hold (a process or a machine died
 * while writing it); anywhere else it is damage, and the start is refused. What was put aside before `asideSince` goes.
 */
export function recover(files: SpoolFiles, folder: string, asideSince: number): Recovered {
  for (const name of files.readdirSync(folder)) {
    const path = `${folder}/${name}`
    const old = name.endsWith('.torn') && files.lstatSync(path).mtimeMs < asideSince
    if (old || name.endsWith('.new')) files.unlinkSync(path)
  }
  const firsts = files
    .readdirSync(folder)
    .flatMap((name) => segmentFirst(name) ?? [])
    .sort((a, b) => a - b)
  const closed: Segment[] = []
  const notes: SpoolNote[] = []
  let open = new Map<string, string>()
  firsts.forEach((first, index) => {
    const name = segmentName(first)
    const path = `${folder}/${name}`
    const isLast = index === firsts.length - 1
    const carried = new Map<string, string>()
    const scan = scanSegment(files, path, first, (envelope, body) => {
      if (envelope.type === 'decision') carried.set(envelope.uid, `R${body.toString('latin1', 1)}`)
      else if (envelope.type === 'outcome') carried.delete(envelope.uid.replace(/-o$/, '-d'))
    })
    if (!isLast && (scan.head === undefined || scan.good < scan.size)) {
      throw damaged(path, `the frame at offset ${scan.good} does not hold`)
    }
    if (scan.good < scan.size || scan.head === undefined) {
      cut(files, folder, name, scan)
      notes.push(truncated(name, scan))
    }
    if (scan.head === undefined) {
      files.unlinkSync(path)
      return
    }
    const before = closed.at(-1)
    const { previous } = scan.head
    if (before !== undefined && (previous?.last !== before.last || previous.sha256 !== before.sha256)) {
      throw damaged(path, `it does not follow \`${segmentName(before.first)}\``)
    }
    open = carried
    if (scan.last < first) return
    const closedAt = files.lstatSync(path).mtimeMs
    closed.push({ first, last: scan.last, size: scan.good, closedAt, sha256: scan.sha256 })
  })
  return { closed, next: (closed.at(-1)?.last ?? 0) + 1, open, notes }
}
