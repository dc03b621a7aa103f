/** Table of expression operators, accumulators and window operators: what of their arguments comes out, and whether they always do. */

/**
 * `copy`: one of the arguments, whole or in part. `compute`: worked out from all of them. `none`: from none. `own`: read by
 * rules of its own (expressions.ts).
 */
export type Yield = 'copy' | 'compute' | 'none' | 'own'

export interface Operator {
  readonly yields: Yield
  /** Never fails on a value, and takes as long for one as for another (R16). */
  readonly total: boolean
  /** Total as long as only its first argument varies. */
  readonly first?: true
  /** Names of its arguments when they stand in a document. */
  readonly named?: readonly string[]
  /** Gathers the values of many documents into one (R21). */
  readonly collects?: true
}

const COPY: Operator = { yields: 'copy', total: true }
/** How many come out tells which of them are equal. */
const DISTINCT: Operator = { yields: 'copy', total: false }
const TOTAL: Operator = { yields: 'compute', total: true }
const TOTAL_FIRST: Operator = { yields: 'compute', total: true, first: true }
const RAISING: Operator = { yields: 'compute', total: false }
const NONE: Operator = { yields: 'none', total: true }
const OWN: Operator = { yields: 'own', total: true }

function named(operator: Operator, names: string): Operator {
  return { ...operator, named: names.split(' ') }
}

function all(operator: Operator, names: string): readonly (readonly [string, Operator])[] {
  return names.split(/\s+/).map((name) => [`$${name}`, operator])
}

/** A time zone that there is none of fails. */
const DATE_PART = named(TOTAL_FIRST, 'date timezone')
const DATE_MOVE = named(RAISING, 'startDate unit amount timezone')

/** The operators of MongoDB 8 that stand in an expression. */
export const EXPRESSIONS: ReadonlyMap<string, Operator> = new Map([
  ...all(
    OWN,
    `cond switch let map filter reduce getField setField unsetField objectToArray arrayToObject mergeObjects literal meta
    function sortArray const`,
  ),
  ...all(COPY, 'ifNull first last min max reverseArray concatArrays'),
  ...all(DISTINCT, 'setUnion setIntersection setDifference'),
  ...all({ yields: 'copy', total: true, first: true }, 'arrayElemAt slice'),
  // How many shows in the list's length, and none fails.
  ...all(named({ ...COPY, first: true }, 'input n'), 'firstN lastN minN maxN'),
  ['$zip', named(COPY, 'inputs useLongestLength defaults')],
  ...all(
    TOTAL,
    `eq ne gt gte lt lte cmp and or not in isArray isNumber type size allElementsTrue anyElementTrue setEquals
    setIsSubset toLower toUpper concat toString strcasecmp strLenBytes strLenCP sum avg ceil floor bsonSize binarySize
    toBool stdDevPop stdDevSamp tsSecond tsIncrement toHashedIndexKey`,
  ),
  ...all(TOTAL_FIRST, 'substrCP indexOfArray'),
  ...all(
    RAISING,
    `abs add divide exp ln log log10 mod multiply pow round sqrt subtract trunc sigmoid bitAnd bitNot bitOr bitXor range
    sin cos tan asin acos atan atan2 asinh acosh atanh sinh cosh tanh degreesToRadians radiansToDegrees
    substr substrBytes indexOfBytes indexOfCP split toDate toDecimal toDouble toInt toLong toObjectId toUUID`,
  ),
  ...all(named(TOTAL_FIRST, 'input chars'), 'trim ltrim rtrim'),
  ...all(named(RAISING, 'input regex options'), 'regexFind regexFindAll regexMatch'),
  ...all(named(RAISING, 'input find replacement'), 'replaceOne replaceAll'),
  ...all(
    DATE_PART,
    'dayOfMonth dayOfWeek dayOfYear hour isoDayOfWeek isoWeek isoWeekYear millisecond minute month second week year',
  ),
  ...all(DATE_MOVE, 'dateAdd dateSubtract'),
  ['$dateDiff', named(RAISING, 'startDate endDate unit timezone startOfWeek')],
  [
    '$dateFromParts',
    named(RAISING, 'year isoWeekYear month isoWeek day isoDayOfWeek hour minute second millisecond timezone'),
  ],
  ['$dateFromString', named(RAISING, 'dateString format timezone onError onNull')],
  ['$dateToParts', named(TOTAL_FIRST, 'date timezone iso8601')],
  ['$dateToString', named(TOTAL_FIRST, 'date format timezone onNull')],
  ['$dateTrunc', named(TOTAL_FIRST, 'date unit binSize timezone startOfWeek')],
  ['$convert', named(RAISING, 'input to onError onNull format byteOrder')],
  ['$median', named(TOTAL_FIRST, 'input method')],
  ['$percentile', named(TOTAL_FIRST, 'input p method')],
  ...all(NONE, 'rand createObjectId sampleRate'),
])

const COLLECTING: Operator = { ...COPY, collects: true }

/** In `$group`, `$bucket` and as window functions. */
export const ACCUMULATORS: ReadonlyMap<string, Operator> = new Map([
  ...all(TOTAL, 'sum avg stdDevPop stdDevSamp'),
  ...all(COPY, 'first last min max'),
  ...all(COLLECTING, 'push concatArrays'),
  ...all({ ...DISTINCT, collects: true }, 'addToSet setUnion'),
  ...all(named({ ...COLLECTING, first: true }, 'input n'), 'firstN lastN minN maxN'),
  ['$mergeObjects', { ...OWN, collects: true }],
  ['$count', NONE],
  ['$median', named(TOTAL_FIRST, 'input method')],
  ['$percentile', named({ ...TOTAL_FIRST, collects: true }, 'input p method')],
  ...all(OWN, 'top bottom'),
  ...all({ ...OWN, collects: true }, 'topN bottomN accumulator'),
])

/** In `$setWindowFields`, beside the accumulators. */
export const WINDOWS: ReadonlyMap<string, Operator> = new Map([
  ...all(NONE, 'rank denseRank documentNumber'),
  ['$shift', { ...named(COPY, 'output by default') }],
  ...all(named(RAISING, 'input unit'), 'derivative integral'),
  ...all(TOTAL, 'covariancePop covarianceSamp linearFill'),
  ['$expMovingAvg', named(TOTAL, 'input N alpha')],
  ['$minMaxScaler', named(RAISING, 'input min max')],
  ['$locf', COPY],
])
