import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import { isRunId } from "../shared/runs/runIds.ts";
import { runProgress } from "../shared/runs/runProgress.ts";
import { wire } from "./wire.ts";
import { accessOf } from "./http/principal.ts";
import { json, problem } from "./http/problem.ts";

/** `GET /api/scans/{runId}`: status, coverage and counts of a run. */
export async function handleGetScan(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { ports, environment, signal, log } = await wire(context);
  const access = accessOf(request, "PgWarden.Reader", environment.platformAuthentication);
  if (!access.granted) return problem(access.status, access.detail);

  const runId = request.params["runId"] ?? "";
  if (!isRunId(runId)) return problem(404, "There is no such run.");
  const progress = await runProgress(runId, ports.store, signal);
  log.info("run read", { runId, found: progress !== undefined });
  if (progress === undefined) return problem(404, `There is no run ${runId}.`);
  return json(200, progress);
}

app.http("getScan", { route: "scans/{runId}", methods: ["GET"], authLevel: "function", handler: handleGetScan });
