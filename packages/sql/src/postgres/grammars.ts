/** Table of the grammars: one per server major, each pinned to the bytes of its parser. */

export interface Grammar {
  readonly major: number
  readonly module: string
  /** SHA-256 of wasm/libpg-query.wasm, hexadecimal. */
  readonly sha256: string
}

export const GRAMMARS: readonly Grammar[] = [
  {
    major: 15,
    module: 'libpg-query-15',
    sha256: '8f3f1a3a2a58a3aaa5106ea72b2204ef72317f7e78edc6a799ea6de002209bf9',
  },
  {
    major: 16,
    module: 'libpg-query-16',
    sha256: '74ae663632442e4c2f70b8aed9751401a4d319ee4ce65bee56bbd73bbb816b85',
  },
  {
    major: 17,
    module: 'libpg-query-17',
    sha256: '06fbfc24bcc98298770019a0bc4b715726a6b8fdbf1fcc1a4476a77512b000ac',
  },
  {
    major: 18,
    module: 'libpg-query-18',
    sha256: '378b64e6182f65c71ad5dbd2c31c81e9dfed7d2f2debfb4b51c0d0de8fa2ae36',
  },
]
