import { type Token, tokens } from "./expressionTokens.ts";

/**
 * Whether a deparsed policy expression holds for every row whose columns have values, whoever asks: `true`, `(1 = 1)`,
 * `(tenant = tenant)`, `((a = b) OR true)`. Careful: what is not understood counts as dependent, so a true answer can be
 * trusted and a false one cannot.
 *
 * @param notNull columns that hold a value in every row; of others IS NOT NULL is a question to the row
 */
export function isAlwaysTrue(expression: string, notNull: readonly string[] = []): boolean {
  const list = tokens(expression);
  if (list === undefined) return false;
  const reader = { list, at: 0, notNull };
  try {
    const { truth } = readOr(reader, 0);
    return reader.at === list.length && truth === true;
  } catch (error) {
    if (error instanceof NotUnderstood) return false;
    throw error;
  }
}

class NotUnderstood extends Error {
  override readonly name = "NotUnderstood";
}

interface Reader {
  readonly list: readonly Token[];
  at: number;
  readonly notNull: readonly string[];
}

interface Value {
  /** Null: it depends, or nobody knows. */
  readonly truth: boolean | null;
  /** Two values with the same text here are the same value, and have one; null when that is not certain. */
  readonly same: string | null;
  /** `valued`: never null. */
  readonly kind: "valued" | "other";
}

const dependent: Value = { truth: null, same: null, kind: "other" };

/** Parentheses of real policies are few levels deep; a text made to exhaust the stack is not understood. */
const MAX_DEPTH = 200;

function peek({ list, at }: Reader): Token | undefined {
  return list[at];
}

function isNext(reader: Reader, text: string): boolean {
  const token = peek(reader);
  return token !== undefined && token.kind !== "quoted" && token.kind !== "string" && token.text === text;
}

function accept(reader: Reader, text: string): boolean {
  if (!isNext(reader, text)) return false;
  reader.at += 1;
  return true;
}

function expect(reader: Reader, text: string): void {
  if (!accept(reader, text)) throw new NotUnderstood();
}

function readOr(reader: Reader, depth: number): Value {
  if (depth > MAX_DEPTH) throw new NotUnderstood();
  let value = readAnd(reader, depth);
  while (accept(reader, "OR")) {
    const right = readAnd(reader, depth);
    const truth = value.truth === true || right.truth === true ? true : both(value, right, false);
    value = { ...dependent, truth };
  }
  return value;
}

function readAnd(reader: Reader, depth: number): Value {
  let value = readNot(reader, depth);
  while (accept(reader, "AND")) {
    const right = readNot(reader, depth);
    const truth = value.truth === false || right.truth === false ? false : both(value, right, true);
    value = { ...dependent, truth };
  }
  return value;
}

function both(left: Value, right: Value, wanted: boolean): boolean | null {
  return left.truth === wanted && right.truth === wanted ? wanted : null;
}

function readNot(reader: Reader, depth: number): Value {
  let isNegated = false;
  while (accept(reader, "NOT")) isNegated = !isNegated;
  const value = readPredicate(reader, depth);
  if (!isNegated) return value;
  return { ...dependent, truth: value.truth === null ? null : !value.truth };
}

function readPredicate(reader: Reader, depth: number): Value {
  const left = readOperand(reader, depth);
  const operator = peek(reader);
  if (operator?.kind === "operator") {
    reader.at += 1;
    return { ...dependent, truth: compared(left, operator.text, readOperand(reader, depth)) };
  }
  if (!accept(reader, "IS")) return left;
  const isNegated = accept(reader, "NOT");
  const truth = readTest(reader, left);
  return { ...dependent, truth: truth === null ? null : truth !== isNegated };
}

/** What stands behind IS. */
function readTest(reader: Reader, { truth, kind }: Value): boolean | null {
  if (accept(reader, "NULL")) return kind === "valued" ? false : null;
  if (accept(reader, "TRUE")) return truth;
  if (accept(reader, "FALSE")) return truth === null ? null : !truth;
  throw new NotUnderstood();
}

const reflexive: ReadonlySet<string> = new Set(["=", ">=", "<="]);
const irreflexive: ReadonlySet<string> = new Set(["<>", "<", ">"]);

function compared(left: Value, operator: string, right: Value): boolean | null {
  // Two different literals may still be equal, in a collation that ignores case, so they say nothing.
  if (left.same === null || left.same !== right.same) return null;
  if (reflexive.has(operator)) return true;
  return irreflexive.has(operator) ? false : null;
}

function readOperand(reader: Reader, depth: number): Value {
  let value = readPrimary(reader, depth);
  while (accept(reader, "::")) {
    const type = readType(reader);
    const same = value.same === null ? null : `${value.same}::${type}`;
    // `'t'::boolean` is true; any other cast of a truth value is no truth value. A literal row may be null by its parts.
    value = { truth: type === "boolean" ? value.truth : null, same, kind: "other" };
  }
  return value;
}

const typeWords: ReadonlySet<string> = new Set(["varying", "precision", "with", "without", "time", "zone"]);

function readType(reader: Reader): string {
  const from = reader.at;
  do readName(reader);
  while (accept(reader, "."));
  skipTypeWords(reader);
  if (isNext(reader, "(")) skipGroup(reader);
  skipTypeWords(reader);
  while (accept(reader, "[")) expect(reader, "]");
  return reader.list
    .slice(from, reader.at)
    .map(({ kind, text }) => (kind === "quoted" ? `"${text}"` : text))
    .join(" ");
}

function skipTypeWords(reader: Reader): void {
  while (typeWords.has(peek(reader)?.text ?? "")) reader.at += 1;
}

function readName(reader: Reader): string {
  const token = peek(reader);
  if (token?.kind !== "word" && token?.kind !== "quoted") throw new NotUnderstood();
  reader.at += 1;
  return `${token.kind} ${token.text}`;
}

function nameOf({ kind, text }: Token): string {
  return kind === "quoted" ? text.replaceAll('""', '"') : text;
}

/** Words in capitals that the server prints for the session, not for a column; they always have a value. */
const sessionWords: ReadonlySet<string> = new Set(["CURRENT_USER", "SESSION_USER", "CURRENT_ROLE", "USER"]);

function readPrimary(reader: Reader, depth: number): Value {
  const token = peek(reader);
  if (token === undefined) throw new NotUnderstood();
  if (token.kind === "string" || token.kind === "number") {
    reader.at += 1;
    const truth = token.text === "t" || token.text === "true" ? true : null;
    return { truth: token.kind === "string" ? truth : null, same: `${token.kind} ${token.text}`, kind: "valued" };
  }
  if (accept(reader, "true")) return { truth: true, same: "true", kind: "valued" };
  if (accept(reader, "false")) return { truth: false, same: "false", kind: "valued" };
  if (accept(reader, "(")) return readGroup(reader, depth);
  if (token.kind === "word" && token.text === token.text.toUpperCase()) return readKeyword(reader, token.text);
  const names = [readName(reader)];
  while (accept(reader, ".")) names.push(readName(reader));
  // A function may answer anew each time.
  if (isNext(reader, "(")) {
    skipGroup(reader);
    return dependent;
  }
  const isValued = names.length === 1 && reader.notNull.includes(nameOf(token));
  return { truth: null, same: names.join("."), kind: isValued ? "valued" : "other" };
}

function readGroup(reader: Reader, depth: number): Value {
  if (isNext(reader, "SELECT")) {
    reader.at -= 1;
    skipGroup(reader);
    return dependent;
  }
  const value = readOr(reader, depth + 1);
  expect(reader, ")");
  return value;
}

function readKeyword(reader: Reader, word: string): Value {
  reader.at += 1;
  if (word === "NULL") return dependent;
  if (sessionWords.has(word)) return { truth: null, same: word, kind: "valued" };
  // EXISTS (…), ANY (…), COALESCE (…) and their like; a keyword that is no call is not understood.
  if (word === "SELECT" || word === "NOT" || !isNext(reader, "(")) throw new NotUnderstood();
  skipGroup(reader);
  return dependent;
}

/** From an opening parenthesis to the one that closes it. */
function skipGroup(reader: Reader): void {
  let open = 0;
  do {
    const token = peek(reader);
    if (token === undefined) throw new NotUnderstood();
    if (isNext(reader, "(")) open += 1;
    if (isNext(reader, ")")) open -= 1;
    reader.at += 1;
  } while (open > 0);
}
