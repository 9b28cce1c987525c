import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import * as v from "valibot";
import { serverEntries } from "../shared/runs/serverSummary.ts";
import { wire } from "./wire.ts";
import { accessOf } from "./http/principal.ts";
import { json, problem } from "./http/problem.ts";

/** Largest page, and the page of whoever asks for none: each entry costs one read of a snapshot. */
const maxTop = 200;
const defaultTop = 50;

const Top = v.pipe(v.string(), v.regex(/^\d{1,4}$/), v.transform(Number), v.minValue(1), v.maxValue(maxTop));
const After = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,99}$/));

/**
 * `GET /api/servers?top=…&after=…`: the servers that were ever scanned, as their last scans left them, page by page in
 * a fixed order. `nextLink` leads to the next page; it is null on the last one.
 */
export async function handleGetServers(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { ports, environment, signal, log } = await wire(context);
  const access = accessOf(request, "PgWarden.Reader", environment.platformAuthentication);
  if (!access.granted) return problem(access.status, access.detail);

  const top = v.safeParse(Top, request.query.get("top") ?? String(defaultTop));
  if (!top.success) return problem(400, `top is no whole number from 1 to ${maxTop}.`);
  const after = v.safeParse(v.nullable(After), request.query.get("after"));
  if (!after.success) return problem(400, "after is not what the nextLink of a page holds.");
  const { servers, next } = await serverEntries({ top: top.output, after: after.output }, ports, signal);
  log.info("servers read", { servers: servers.length, isLast: next === null });
  const nextLink = next === null ? null : `/api/servers?top=${top.output}&after=${next}`;
  return json(200, { servers, nextLink });
}

app.http("getServers", { route: "servers", methods: ["GET"], authLevel: "function", handler: handleGetServers });
