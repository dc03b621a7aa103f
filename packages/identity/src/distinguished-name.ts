/** Names of certificates as one line of text (RFC 2253), so that two spellings of one name compare equal. */

/** `subject`: node:crypto's, a relative name in each line, the first first. */
export function distinguishedName(subject: string): string {
  return normalName(
    subject
      .split('\n')
      .reverse()
      // Of several values of one relative name; a plus within a value stands escaped.
      .map((relative) => relative.replaceAll(' + ', '+'))
      .join(','),
  )
}

/** Blanks may follow a comma that separates, and the bytes of UTF-8 be written one by one as `\C3\9C` (RFC 2253 §2.4, §4). */
export function normalName(text: string): string {
  return text
    .replace(/(?<!\\), +/g, ',')
    .replace(/(?:\\[89A-Fa-f][0-9A-Fa-f])+/g, (bytes) =>
      Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString('utf8'),
    )
}
