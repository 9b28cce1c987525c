import { styleText } from "node:util";

/**
 * What a terminal obeys or hides, and what makes text run backwards: control characters (C0, DEL, C1), format
 * characters (bidirectional overrides and isolates, zero-width ones, tags), line and paragraph separators.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Text with its unseen characters written as `\u001b`, so that a name from a server can neither steer the terminal nor
 * look like another name. Newline and tab stay. That is also how JSON writes them: JSON text stays the same data.
 */
export function visible(text: string): string {
  return text.replace(unseen, (character) =>
    character === "\n" || character === "\t" ? character : escaped(character),
  );
}

/** As `visible`, for what is one line or one cell: a newline in a name must not look like the next row. */
export function visibleLine(text: string): string {
  return text.replace(unseen, escaped);
}

/** The styles that our own text has. */
export type Style = (typeof styles)[number];
const styles = ["bold", "red", "yellow", "cyan", "gray"] as const;

/** What styleText puts before and after: `\u001b[1m`. */
const codes = styles.flatMap((style) => styleText(style, " ", { validateStream: false }).split(" "));
const ourCodes = new RegExp(`(${[...new Set(codes)].map((code) => code.replace("[", "\\[")).join("|")})`);

/** As `visible`, but leaves the styles that our own tables have. Data must have gone through `visible` before. */
export function visibleStyled(text: string): string {
  return text
    .split(ourCodes)
    .map((part, index) => (index % 2 === 1 ? part : visible(part)))
    .join("");
}

/** Per UTF-16 unit, as JSON has it: a tag character has two. */
function escaped(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
