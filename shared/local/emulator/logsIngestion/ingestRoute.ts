import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as v from "valibot";
import type { ColumnType, IngestedRow } from "../azureState.ts";
import { type EmulatorApp, type EmulatorContext, type EmulatorEnv, newApp, sentSegment } from "../emulatorContext.ts";
import { isColumnValue } from "./columnValue.ts";

const API_VERSION = "2023-01-01";
const AUDIENCE = "https://monitor.azure.com";
/** 1 MB, both as sent and unpacked (azure.md §3). */
const MAX_BYTES = 1_048_576;
/** A longer text is cut (azure.md §3). */
const MAX_FIELD_BYTES = 65_536;
const DAY_MS = 86_400_000;

const Rows = v.array(v.record(v.string(), v.unknown()));

const unpack = promisify(gunzip);

/** POST rows to a stream of the data collection rule: all of them are taken, or none. */
export function ingestRoute(context: EmulatorContext): EmulatorApp {
  const { rule } = context.state;
  const routes = newApp();
  routes.post("/datacollectionrules/:rule/streams/:stream", async (c) => {
    c.header("x-ms-client-request-id", c.req.header("x-ms-client-request-id") ?? crypto.randomUUID());
    requireToken(context, c);
    if (c.req.query("api-version") !== API_VERSION) {
      throw refusal(400, "InvalidApiVersion", `The api-version must be '${API_VERSION}'.`);
    }
    if (c.req.param("rule") !== rule.immutableId.toLowerCase()) {
      const message = `Data collection rule with immutable Id '${sentSegment(c, 1)}' not found.`;
      throw refusal(404, "NotFound", message);
    }
    const stream = sentSegment(c, -1);
    const columns = rule.streams[stream];
    if (columns === undefined) {
      throw refusal(400, "InvalidStream", `The stream '${stream}' was not found in the data collection rule.`);
    }

    const rows = await rowsOf(c);
    for (const [index, row] of rows.entries()) requireTypes(row, columns, index);
    const accepted = rule.rows.get(stream) ?? [];
    for (const row of rows) {
      accepted.push(kept(row, columns, context.now()));
      for (const column of Object.keys(row)) {
        if (columns[column] === undefined) rule.unknownColumns.push({ stream, column });
      }
    }
    rule.rows.set(stream, accepted);
    return c.body(null, 204);
  });
  routes.all("/datacollectionrules/*", (c) => {
    requireToken(context, c);
    if (c.req.method === "POST") throw refusal(404, "NotFound", "The resource was not found.");
    throw refusal(405, "MethodNotAllowed", `${c.req.method} is not supported.`);
  });
  return routes;
}

function requireToken({ tokens }: EmulatorContext, c: Context<EmulatorEnv>): void {
  const check = tokens.check(c.req.header("authorization"), [AUDIENCE]);
  if (check.valid) return;
  if (check.fault === "audience") {
    throw refusal(401, "InvalidAudience", `The audience '${check.claims.aud}' is not '${AUDIENCE}'.`);
  }
  const message = check.fault === "missing" ? "No bearer token was given." : "The bearer token is invalid or expired.";
  throw refusal(401, check.fault === "missing" ? "MissingToken" : "InvalidToken", message);
}

async function rowsOf(c: Context<EmulatorEnv>): Promise<v.InferOutput<typeof Rows>> {
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) {
    throw refusal(415, "UnsupportedContentType", "The content type must be 'application/json'.");
  }
  const encoding = c.req.header("content-encoding");
  if (encoding !== undefined && encoding.toLowerCase() !== "gzip") {
    throw refusal(415, "UnsupportedContentEncoding", "The content encoding must be 'gzip' or none.");
  }
  const sent = Buffer.from(await c.req.arrayBuffer());
  requireLength(sent.length);
  const text = encoding === undefined ? sent : await unpack(sent).catch(() => undefined);
  if (text === undefined) throw refusal(400, "InvalidContent", "The body is not gzip.");
  requireLength(text.length);
  const rows = v.safeParse(Rows, parseJson(text.toString()));
  if (!rows.success) throw refusal(400, "InvalidContent", "The body is no JSON array of objects.");
  return rows.output;
}

function requireLength(bytes: number): void {
  if (bytes <= MAX_BYTES) return;
  const message = `Maximum allowed content length: ${MAX_BYTES} bytes (1 MB). Provided content length: ${bytes} bytes.`;
  throw refusal(413, "ContentLengthLimitExceeded", message);
}

function requireTypes(row: IngestedRow, columns: Readonly<Record<string, ColumnType>>, index: number): void {
  for (const [column, type] of Object.entries(columns)) {
    const value = row[column];
    if (value === undefined || isColumnValue(type, value)) continue;
    const message = `Row ${index}: column '${column}' is declared as '${type}' and got a value of type '${typeof value}'.`;
    throw refusal(400, "InvalidColumnValue", message);
  }
}

/** What reaches the table: declared columns only, long texts cut, `TimeGenerated` within the window (azure.md §3). */
function kept(row: IngestedRow, columns: Readonly<Record<string, ColumnType>>, now: Date): IngestedRow {
  const result: IngestedRow = {};
  for (const column of Object.keys(columns)) {
    const value = row[column];
    if (value !== undefined) result[column] = typeof value === "string" ? cut(value) : value;
  }
  if (columns["TimeGenerated"] === "datetime") {
    const at = Date.parse(String(result["TimeGenerated"]));
    const inWindow = at >= now.getTime() - 2 * DAY_MS && at <= now.getTime() + DAY_MS;
    if (!inWindow) result["TimeGenerated"] = now.toISOString();
  }
  return result;
}

function cut(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= MAX_FIELD_BYTES
    ? text
    : bytes
        .subarray(0, MAX_FIELD_BYTES)
        .toString()
        .replace(/\uFFFD$/, "");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(status: ContentfulStatusCode, code: string, message: string): HTTPException {
  return new HTTPException(status, { message, res: Response.json({ error: { code, message } }, { status }) });
}
