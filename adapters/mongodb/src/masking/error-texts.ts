/** Table of MongoDB's (and FerretDB's) messages that a viewer with masks may read, by error code, with the values taken out (R20). */

/**
 * In a form, `%n` is a name (namespace, index, path, operator), shown when it is known; `%v` a value, never shown; `%w` the name of
 * a BSON type; `%d` a number of the server's own. The second of a pair is what is shown instead of the form itself.
 */
export type ErrorForm = string | readonly [form: string, shown: string]

/** What stands for `%w`. */
export const TYPE_WORDS = [
  ...[
    'double',
    'string',
    'object',
    'array',
    'binData',
    'undefined',
    'objectId',
    'bool',
    'date',
    'null',
    'regex',
  ],
  ...['dbPointer', 'javascript', 'symbol', 'javascriptWithScope', 'int', 'timestamp', 'long', 'decimal'],
  ...['minKey', 'maxKey', 'missing', 'numeric'],
] as const

/** What a message can begin with, before the message itself. */
export const PREFIXES: readonly string[] = [
  'PlanExecutor error during aggregation :: caused by :: ',
  'Plan executor error during findAndModify :: caused by :: ',
  'Executor error during find command on namespace: %n :: caused by :: ',
  'Executor error during aggregate command on namespace: %n :: caused by :: ',
  'Executor error during getMore command on namespace: %n :: caused by :: ',
  'Executor error during findAndModify :: caused by :: ',
  'Executor error during find command :: caused by :: ',
  'Executor error during getMore :: caused by :: ',
  'Failed to optimize pipeline :: caused by :: ',
  'Invalid $project :: caused by :: ',
  'Invalid $addFields :: caused by :: ',
  'Invalid $set :: caused by :: ',
]

const DUPLICATE = 'E11000 duplicate key error collection: %n index: %n'

export const ERROR_FORMS: ReadonlyMap<number, readonly ErrorForm[]> = new Map<number, readonly ErrorForm[]>([
  [
    2,
    [
      'Unrecognized operator specified: %n',
      '$divide by zero is not allowed',
      "Expected 'array' type for %n",
      '%n is an unknown field',
      [
        "The field '%n' is required to be an array, however it is currently of type %w in document %v",
        "The field '%n' is required to be an array, however it is currently of type %w",
      ],

      'unknown operator: %n',
      "unknown top level operator: %n. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.",
      'unknown top level operator: %n',
      '$in needs an array',
      '$nin needs an array',
      '$and/$or/$nor must be a nonempty array',
      '%n must be an array',
      '$regex has to be a string',
      "can't $divide by zero",
      "can't $mod by zero",
      "Field '%n' must be of numeric type",
    ],
  ],
  [
    9,
    [
      'Unknown modifier: %n. Please use a valid update modifier or pipeline-style update specified as an array',

      'Unknown modifier: %n. Expected a valid update modifier or pipeline-style update specified as an array',
      'Unknown modifier: %n',
      'the limit must be specified',
      'unknown operator: %n',
    ],
  ],
  [11, ['Could not find user "%n" for db "%n"', "User '%n' not found"]],
  [
    13,
    [
      'command %n requires authentication',
      ['not authorized on %n to execute command %v', 'not authorized on %n to execute this command'],
    ],
  ],
  [
    14,
    [
      '%n can only process numeric or date types, not %w',
      '%n only supports numeric types',
      '%n only supports numeric types, not %w and %w',
      '%n only supports numeric or date types, not %w',
      [
        "Operation %n cannot be performed because the target value is not numeric. Document %v contains the field '%n' which is of non-numeric type %w.",
        "Operation %n cannot be performed because the target value is not numeric: the field '%n' is of type %w.",
      ],
      "The BSON field '%n' has an incorrect type '%w'; it should be of type '%w'.",

      "BSON field '%n' is the wrong type '%w', expected type '%w'",
      ['Cannot increment with non-numeric argument: %v', 'Cannot increment with non-numeric argument'],
      ['Cannot multiply with non-numeric argument: %v', 'Cannot multiply with non-numeric argument'],
      [
        'Cannot apply $inc to a value of non-numeric type. %v',
        'Cannot apply $inc to a value of non-numeric type.',
      ],
      [
        'Cannot apply $mul to a value of non-numeric type. %v',
        'Cannot apply $mul to a value of non-numeric type.',
      ],
      [
        "The field '%n' must be an array but is of type %w in document %v",
        "The field '%n' must be an array but is of type %w",
      ],
      ["The field '%n' must be %v", "The field '%n' has a value of the wrong type"],
    ],
  ],
  [20, ['Transaction numbers are only allowed on a replica set member or mongos']],
  [
    26,
    [
      'ns not found',
      'ns does not exist: %n',
      'ns does not exist',
      "Collection '%n' does not exist",
      'Collection %n does not exist',
      'source namespace does not exist',
      'Source namespace %n does not exist',
      "database doesn't exist",
      'Database %n does not exist',
    ],
  ],
  [
    27,
    ['index not found with name [%n]', ["can't find index with key: %v", "can't find index with this key"]],
  ],
  [
    28,
    [
      [
        "Failed to create the field '%n' within the element specified by %v",
        "Failed to create the field '%n' within the element there",
      ],

      ["Cannot create field '%n' in element %v", "Cannot create field '%n' in the element there"],
      'Cannot use the part (%n) of (%n) to traverse the element',
    ],
  ],
  [39, ['Remote explain failed']],
  [
    40,
    [
      "Modifying the path '%n' will result in a conflict occurring at '%n'",
      "Updating the path '%n' would create a conflict at '%n'",
    ],
  ],
  [
    43,
    [
      'cursor id %d not found',
      'cursor id %d does not exist',
      "Cursor not found (namespace: '%n', id: %d).",
      'cursor not found',
    ],
  ],
  [
    48,
    [
      'Collection %n already exists.',
      'Collection already exists. NS: %n',
      'collection already exists',
      "a collection '%n' already exists",
      'target namespace exists',
      'Namespace %n already exists',
    ],
  ],
  [
    50,
    [
      'operation exceeded time limit',
      'operation exceeded time limit: %n',
      'canceling statement due to statement timeout',
    ],
  ],
  [
    52,
    [
      "The dollar ($) prefixed field '%n' in '%n' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.",
      "The dollar ($) prefixed field '%n' in '%n' is not valid for storage.",
    ],
  ],
  [59, ["no such command: '%n'", 'no such command: %n']],
  [64, ['waiting for replication timed out']],
  [
    66,
    [
      "Updating the path '%n' is not allowed because it would change the immutable field '%n'",

      "Performing an update on the path '%n' would modify the immutable field '%n'",
      [
        "After applying the update, the (immutable) field '%n' was found to have been altered to %v",
        "After applying the update, the (immutable) field '%n' was found to have been altered",
      ],
      [
        "After applying the update to the document %v, the (immutable) field '%n' was found to have been altered to %v",
        "After applying the update, the (immutable) field '%n' was found to have been altered",
      ],
    ],
  ],
  [73, ["Invalid namespace specified '%n'", 'Invalid collection name: %n', 'Invalid namespace: %n']],
  [
    85,
    [
      'Index with name: %n already exists with different options',
      'Index already exists with a different name: %n',
      [
        'An equivalent index already exists with %v',
        'An equivalent index already exists with a different name or options',
      ],
    ],
  ],
  [
    86,
    [
      [
        'An existing index has the same name as the requested index. %v',
        'An existing index has the same name as the requested index.',
      ],
    ],
  ],
  [
    112,
    [
      'WriteConflict error: this operation conflicted with another operation. Please retry your operation or multi-document transaction.',
      'Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.',
      'Caused by :: Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.',
    ],
  ],
  [115, ['%n is not supported', 'Command %n not supported', "Command '%n' is not supported"]],
  [121, ['Document failed validation']],
  [166, ['Namespace %n is a view, not a collection', 'Cannot %n on a view']],
  [168, ["Unrecognized expression '%n'", 'Unrecognized expression %n']],
  [237, ['cursor was killed', 'operation was interrupted because its cursor was killed']],
  [
    241,
    [
      [
        "Unable to interpret number '%v' within $convert, as no onError value was specified%v",
        'Unable to interpret a number within $convert, as no onError value was specified',
      ],

      [
        "Failed to parse number '%v' in $convert with no onError value%v",
        'Failed to parse a number in $convert with no onError value',
      ],
      [
        "Failed to parse objectId '%v' in $convert with no onError value%v",
        'Failed to parse an objectId in $convert with no onError value',
      ],
      ["Error parsing date string '%v", 'Error parsing a date string'],
      'Unsupported conversion from %w to %w in $convert with no onError value',
      [
        'Conversion would overflow target type in $convert with no onError value%v',
        'Conversion would overflow target type in $convert with no onError value',
      ],
      [
        'Attempt to convert NaN value to integer type in $convert with no onError value',
        'Attempt to convert NaN value to integer type in $convert with no onError value',
      ],
    ],
  ],
  [
    251,
    [
      'Given transaction number %d does not match any in-progress transactions. The active transaction number is %d',
      ['Transaction %v has been aborted.', 'The transaction has been aborted.'],
      ['Transaction with %v has been aborted.', 'The transaction has been aborted.'],
    ],
  ],
  [
    292,
    [
      ['Sort exceeded memory limit of %d bytes%v', 'Sort exceeded its memory limit'],
      ['Exceeded memory limit for %n%v', 'Exceeded its memory limit'],
    ],
  ],
  [10334, [['BSONObj size: %v', 'BSONObj size is invalid: the document is too large']]],
  [
    11000,
    [
      [`${DUPLICATE} collation: %v dup key: %v`, `${DUPLICATE} dup key: { *** }`],
      [`${DUPLICATE} dup key: %v`, `${DUPLICATE} dup key: { *** }`],
      DUPLICATE,
      "Duplicate key violation on the requested collection: Index '%n'",
    ],
  ],
  [11601, ['operation was interrupted', 'operation was interrupted because a client disconnected']],
  [
    16410,
    [
      "FieldPath field names may not start with '$'. Consider using $getField or $setField.",
      "FieldPath field names may not start with '$'.",
    ],
  ],
  [
    17419,
    [['Resulting document after update is larger than %d', 'Resulting document after update is too large']],
  ],
  [
    31253,
    [
      'exclusion cannot be applied to field %n within the inclusion projection.',
      'inclusion cannot be applied to field %n within the exclusion projection.',

      'Cannot do exclusion on field %n in inclusion projection',
      'Cannot do inclusion on field %n in exclusion projection',
    ],
  ],
  [
    31254,
    [
      'exclusion cannot be applied to field %n within the inclusion projection.',
      'inclusion cannot be applied to field %n within the exclusion projection.',

      'Cannot do exclusion on field %n in inclusion projection',
      'Cannot do inclusion on field %n in exclusion projection',
    ],
  ],
  [
    40324,
    [
      'Pipeline stage name not recognized: %n',
      "Unrecognized pipeline stage name: '%n'",
      'Unrecognized pipeline stage name: %n',
    ],
  ],
  [
    40352,
    [
      'FieldPath cannot be constructed with empty string',
      'FieldPath cannot be constructed with an empty string',
    ],
  ],
  [40414, ["BSON field '%n' is missing but a required field"]],
  [40415, ["BSON field '%n' is an unknown field.", "BSON field '%n' is an unknown field"]],
  [
    17124,
    [
      '$size requires an array argument, but received a value of type: %w',
      'The argument to $size must be an array, but was of type: %w',
    ],
  ],
  [31325, ['Unrecognized expression format: %n']],
  [
    40386,
    [
      '$arrayToObject needs an array as input, but a different type was provided: %w',
      '$arrayToObject requires an array input, found: %w',
    ],
  ],
  [
    1,
    [
      [
        'conflicting key value violates exclusion constraint "%v"',
        'conflicting key value violates an exclusion constraint',
      ],
    ],
  ],
  [
    51091,
    [
      [
        'The provided regular expression format is invalid: %v',
        'The provided regular expression format is invalid',
      ],
      ['Regular expression is invalid: %v', 'Regular expression is invalid'],
    ],
  ],
])
