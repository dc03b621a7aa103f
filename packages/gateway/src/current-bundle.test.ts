/** The bundle is taken while its modules are what it was made of, and not a moment longer. */
import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { temporaryFolder } from '@gatehouse/workbench'
import { afterAll, expect, test } from 'vitest'
import { currentBundle } from './current-bundle.js'

const folder = temporaryFolder('bundle')
afterAll(() => folder.remove())

test('a module that changed, went or is of another moment: the modules run', () => {
  const bundle = join(folder.path, 'bundle')
  const module = join(folder.path, 'module.js')
  const look = () => currentBundle(pathToFileURL(`${bundle}/`))
  expect(look()).toBeUndefined()
  mkdirSync(bundle)
  writeFileSync(module, 'export const one = 1')
  const { size, mtimeMs, mtime, atime } = statSync(module)
  writeFileSync(join(bundle, 'inputs.json'), JSON.stringify([['../module.js', size, mtimeMs]]))
  expect(look()).toBe(pathToFileURL(join(bundle, 'run.js')).href)
  writeFileSync(module, 'export const one = 22')
  utimesSync(module, atime, mtime)
  expect(look()).toBeUndefined()
  writeFileSync(module, 'export const one = 2')
  utimesSync(module, atime, new Date(mtimeMs + 5_000))
  expect(look()).toBeUndefined()
  rmSync(module)
  expect(look()).toBeUndefined()
  writeFileSync(join(bundle, 'inputs.json'), '{')
  expect(look()).toBeUndefined()
})
