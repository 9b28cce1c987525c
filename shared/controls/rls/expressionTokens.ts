/** `quoted`: a name in double quotes. Words keep their case: the server prints keywords in capitals. */
export interface Token {
  readonly kind: "word" | "quoted" | "string" | "number" | "operator" | "mark";
  readonly text: string;
}

const pattern =
  /\s+|(?<string>E?'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")*")|(?<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<mark>::|[()[\],.])|(?<operator>[-+*/<>=~!@#%^&|`?]+)/uy;

/** The tokens of an expression as PostgreSQL prints it; undefined when a character fits nowhere. */
export function tokens(expression: string): readonly Token[] | undefined {
  const list: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < expression.length) {
    const groups = pattern.exec(expression)?.groups;
    if (groups === undefined) return undefined;
    const token = tokenOf(groups);
    if (token !== undefined) list.push(token);
  }
  return list;
}

function tokenOf({ string, quoted, number, word, mark, operator }: Readonly<Record<string, string | undefined>>) {
  if (string !== undefined) return { kind: "string", text: string.slice(1, -1) } as const;
  if (quoted !== undefined) return { kind: "quoted", text: quoted.slice(1, -1) } as const;
  if (number !== undefined) return { kind: "number", text: number } as const;
  if (word !== undefined) return { kind: "word", text: word } as const;
  if (mark !== undefined) return { kind: "mark", text: mark } as const;
  return operator === undefined ? undefined : ({ kind: "operator", text: operator } as const);
}
