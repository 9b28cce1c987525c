/**
 * A text as SQL writes it, for statements that travel without parameters. The form with escapes means the same whatever
 * `standard_conforming_strings` says.
 *
 * @throws RangeError for a text with U+0000, which PostgreSQL has in no text
 */
export function textLiteral(text: string): string {
  if (text.includes("\0")) throw new RangeError("A text for PostgreSQL holds U+0000.");
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
