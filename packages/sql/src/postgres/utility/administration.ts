/** What keeps the server and its storage running, channels, and code that is run by name. */
import { readExpression } from '../query/index.js'
import { nodes, type Tree, text, tree, words } from '../tree.js'
import { onTree } from './change-relation.js'
import { comparedByCluster } from './compared-rows.js'
import { action, command, database, type Found, opaque, type Reading, resource } from './found.js'
import { neverStored, setting } from './settings.js'

/** VACUUM, ANALYZE, REINDEX, REFRESH: on the relations named, or on all. */
function maintain(name: string, ranges: readonly Tree[], reading: Reading): Found {
  if (ranges.length === 0) return { command: name, actions: [action('admin', database(reading), name)] }
  return { command: name, actions: ranges.flatMap((range) => onTree('admin', range, reading, name)) }
}

export function readVacuum(node: Tree, reading: Reading): Found {
  const ranges = nodes(node.rels, 'VacuumRelation').map((each) => tree(each.relation) ?? {})
  return maintain(node.is_vacuumcmd === true ? 'VACUUM' : 'ANALYZE', ranges, reading)
}

export function readMaintenance(name: string): (node: Tree, reading: Reading) => Found {
  return (node, reading) => {
    const range = tree(node.relation)
    return maintain(name, range ? [range] : [], reading)
  }
}

export function readCluster(node: Tree, reading: Reading): Found {
  const name = 'CLUSTER'
  const range = tree(node.relation)
  const { actions } = maintain(name, range ? [range] : [], reading)
  return { command: name, actions: [...actions, ...comparedByCluster(range, reading, name)] }
}

export function readRefresh(node: Tree, reading: Reading): Found {
  return maintain('REFRESH MATERIALIZED VIEW', [tree(node.relation) ?? {}], reading)
}

/** A command of the server that has no finer resource. */
export function readServerCommand(name: string): () => Found {
  return () => ({ command: name, actions: [action('admin', command(name), name)] })
}

export function readAlterSystem(node: Tree): Found {
  const name = 'ALTER SYSTEM'
  const setstmt = tree(node.setstmt)
  const never = neverStored(setstmt)
  return {
    command: name,
    actions: [action('admin', setting(text(setstmt?.name) ?? 'all'), name)],
    ...(never === undefined ? {} : { never }),
  }
}

/** ALTER DATABASE in all its forms; settings of the database hold for its next sessions. */
export function readAlterDatabase(node: Tree): Found {
  const name = 'ALTER DATABASE'
  const setstmt = tree(node.setstmt)
  const never = neverStored(setstmt) ?? neverForAll(setstmt)
  return {
    command: name,
    actions: [action('alter', resource('database', [text(node.dbname) ?? '']), name)],
    ...(never === undefined ? {} : { never }),
  }
}

/** What a database stores holds for every role in it, so also for the accounts that the gateway uses (R11). */
function neverForAll(setstmt: Tree | undefined): string | undefined {
  const changesRole = /^(role|session_authorization)$/i.test(text(setstmt?.name) ?? '')
  return changesRole && text(setstmt?.kind) === 'VAR_SET_VALUE'
    ? 'every later session of the accounts that the gateway uses would begin in another role'
    : undefined
}

export function readDatabase(verb: 'create' | 'drop'): (node: Tree) => Found {
  const name = `${verb.toUpperCase()} DATABASE`
  return (node) => ({
    command: name,
    actions: [action(verb, resource('database', [text(node.dbname) ?? '']), name)],
  })
}

function channel(node: Tree, reading: Reading): readonly string[] {
  return [reading.catalog.database, text(node.conditionname) ?? '*']
}

export function readListen(node: Tree, reading: Reading): Found {
  return {
    command: 'LISTEN',
    actions: [action('listen', resource('channel', channel(node, reading)), 'LISTEN')],
  }
}

export function readUnlisten(): Found {
  return { command: 'UNLISTEN', actions: [], reserve: true }
}

export function readNotify(node: Tree, reading: Reading): Found {
  return {
    command: 'NOTIFY',
    actions: [action('call', resource('channel', channel(node, reading)), 'NOTIFY')],
  }
}

/** A procedure's row of INOUT arguments may hold anything. */
export function readCall(node: Tree, reading: Reading): Found {
  const found = readExpression({ FuncCall: node.funccall }, reading.analysis)
  const named = found.actions.some((each) => each.verb === 'call' || each.verb === 'opaque')
  return {
    command: 'CALL',
    actions: named
      ? found.actions
      : [...found.actions, opaque(reading, 'CALL', 'the procedure is not known')],
    outputs: givesNothing(node, reading) ? [] : 'unknown',
  }
}

/** No procedure of this name has anything to give back. */
function givesNothing(node: Tree, reading: Reading): boolean {
  const name = words(tree(node.funccall)?.funcname)?.at(-1) ?? ''
  const routines = reading.analysis.catalog.routines(name)
  return (
    routines.length > 0 &&
    !reading.analysis.overlay.has(name) &&
    routines.every(({ parameters }) => parameters?.every(({ mode }) => mode === 'in' || mode === 'variadic'))
  )
}

export function readDo(_node: Tree, reading: Reading): Found {
  return { command: 'DO', actions: [opaque(reading, 'DO', 'a block of code cannot be read')] }
}

/** What the grammar knows and this release does not. */
export function readUnknown(name: string, reading: Reading): Found {
  return {
    command: name,
    actions: [opaque(reading, name, `\`${name}\` is not understood`)],
    outputs: 'unknown',
  }
}
