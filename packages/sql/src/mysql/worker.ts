/** The worker that parses and analyses MySQL's texts: it holds two parsers and one catalog. */
import type { Analysed } from '../reading/analysed.js'
import { serve } from '../reading/serve.js'
import { createMysqlAnalyser, type MysqlReaderParts } from './analysis.js'
import type { MysqlCatalog } from './catalog.js'
import { loadMysqlParser } from './parser.js'
import type { MysqlReading } from './plan.js'
import type { MysqlAsk } from './readable.js'
import { loadSecondOpinion } from './second-opinion.js'

export type MysqlWorkerStart = Omit<MysqlReaderParts, 'parser' | 'opinion'>

await serve<MysqlWorkerStart, MysqlAsk, MysqlCatalog, Analysed<MysqlReading>>(async (start) =>
  createMysqlAnalyser({
    ...start,
    parser: await loadMysqlParser(),
    opinion: loadSecondOpinion(start.flavour),
  }),
)
