import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import * as v from "valibot";
import { httpRunId } from "../shared/runs/runIds.ts";
import { startScan, UnknownServerError } from "../shared/runs/startScan.ts";
import { wire } from "./wire.ts";
import { accessOf } from "./http/principal.ts";
import { json, problem } from "./http/problem.ts";
import { readBody } from "./http/readBody.ts";

const ScanBody = v.strictObject({
  servers: v.optional(v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1), v.maxLength(1000))),
  reason: v.optional(v.pipe(v.string(), v.maxLength(200))),
});

/** `POST /api/scans`: starts a scan. The same `Idempotency-Key` from the same caller returns the same run. */
export async function handlePostScans(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { ports, environment, signal, log, randomId } = await wire(context);
  const access = accessOf(request, "PgWarden.Operator", environment.platformAuthentication);
  if (!access.granted) return problem(access.status, access.detail);
  const body = await readBody(request, ScanBody);
  if (!body.ok) return body.response;

  const key = request.headers.get("idempotency-key");
  if (key !== null && key.length > 200) return problem(400, "Idempotency-Key has more than 200 characters.");
  const runId = httpRunId(access.actor, key ?? randomId());
  const { servers } = body.value;
  try {
    const request = {
      runId,
      reason: "http" as const,
      actor: access.actor,
      ...(servers === undefined ? {} : { servers }),
    };
    const run = await startScan(request, ports, signal);
    log.info("scan started", { runId, servers: run.expected.length, actor: access.actor });
    return json(202, { runId, status: run.status, servers: run.expected.length }, { location: `/api/scans/${runId}` });
  } catch (error) {
    if (error instanceof UnknownServerError) return problem(404, error.message, { unknown: error.unknown });
    throw error;
  }
}

app.http("postScans", { route: "scans", methods: ["POST"], authLevel: "function", handler: handlePostScans });
