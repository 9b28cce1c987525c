import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as v from "valibot";
import { mostLoginRows } from "../../../collect/loginQuery.ts";
import { type EmulatorApp, type EmulatorContext, type EmulatorEnv, newApp } from "../emulatorContext.ts";
import { loginRows, queriedServer } from "./loginRows.ts";

export const LOGS_AUDIENCE = "https://api.loganalytics.io";

const Instant = v.pipe(v.string(), v.isoTimestamp());
const QueryBody = v.object({
  query: v.string(),
  timespan: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split("/")),
      v.strictTuple([Instant, Instant]),
    ),
  ),
});

/** POST a query in the context of a workspace: its ARM id stands in the path. */
export function queryRoute(context: EmulatorContext): EmulatorApp {
  const { workspaces } = context.state;
  const routes = newApp();
  routes.post("/v1/subscriptions/*", async (c) => {
    const objectId = callerOf(context, c);
    const id = c.req.path
      .replace(/^\/v1/i, "")
      .replace(/\/query$/i, "")
      .toLowerCase();
    const workspace = workspaces.get(id);
    if (workspace === undefined || !c.req.path.toLowerCase().endsWith("/query")) {
      throw refusal(404, "PathNotFoundError", "The requested path does not exist.");
    }
    if (!workspace.readers.includes(objectId)) {
      const message = "The provided credentials have insufficient access to perform the requested operation";
      throw refusal(403, "InsufficientAccessError", message);
    }
    const body = v.safeParse(QueryBody, await c.req.json<unknown>().catch(() => undefined));
    const serverId = body.success ? queriedServer(body.output.query) : undefined;
    if (!body.success || serverId === undefined) {
      throw refusal(400, "BadArgumentError", "The request had some invalid properties");
    }

    const [from, to] = body.output.timespan ?? ["0000", "9999"];
    const lines = workspace.lines.filter(
      ({ at, resourceId }) => resourceId.toLowerCase() === serverId.toLowerCase() && at >= from && at <= to,
    );
    const all = loginRows(lines);
    const rows = all.slice(0, Math.min(mostLoginRows, workspace.rowLimit));
    const tables = [{ name: "PrimaryResult", columns, rows }];
    if (rows.length === all.length) return c.json({ tables });
    const message = "There were some errors when processing your query.";
    return c.json({ tables, error: { code: "PartialError", message, details: [{ code: "QueryExecutionError" }] } });
  });
  return routes;
}

const columns = [
  { name: "Kind", type: "string" },
  { name: "Name", type: "string" },
  { name: "At", type: "datetime" },
];

function callerOf({ tokens }: EmulatorContext, c: Context<EmulatorEnv>): string {
  const check = tokens.check(c.req.header("authorization"), [LOGS_AUDIENCE]);
  if (check.valid) return check.claims.oid;
  if (check.fault === "missing") {
    const message = "Authentication failed. The 'Authorization' header is missing.";
    throw refusal(401, "AuthenticationFailed", message);
  }
  if (check.fault === "audience") {
    const message = `The access token has been obtained from wrong audience or resource '${check.claims.aud}'.`;
    throw refusal(403, "InvalidAuthenticationTokenAudience", message);
  }
  throw refusal(403, "InvalidAuthenticationToken", "The access token is invalid.");
}

function refusal(status: ContentfulStatusCode, code: string, message: string): HTTPException {
  return new HTTPException(status, { message, res: Response.json({ error: { code, message } }, { status }) });
}
