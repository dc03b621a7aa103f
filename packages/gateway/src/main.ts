#!/usr/bin/env node
/** The `gatehouse` command: from its bundle where that is what the modules are now, else from the modules. Both are the same code. */
import { currentBundle } from './current-bundle.js'

await import(currentBundle() ?? './run.js')
