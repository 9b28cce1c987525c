import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import { health } from "../shared/runs/health.ts";
import { tryWire } from "./wire.ts";
import { accessOf } from "./http/principal.ts";
import { json } from "./http/problem.ts";

/**
 * `GET /api/health`. Anybody learns whether the app works; a signed-in reader also learns the last runs, their ages and
 * the versions. A faulty configuration is a state of health and not a crash.
 */
export async function handleGetHealth(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const wiring = await tryWire(context);
  if (!wiring.ok) return json(503, { status: "misconfigured" });
  const { ports, environment, versions, signal, log } = wiring.value;

  const report = await health(ports, versions, signal);
  log.info("health read", { status: report.status });
  const code = report.status === "unavailable" ? 503 : 200;
  // Without the platform's authentication nobody is known to be a reader.
  const reader = environment.platformAuthentication && accessOf(request, "PgWarden.Reader", true).granted;
  return json(code, reader ? report : { status: report.status });
}

app.http("getHealth", { route: "health", methods: ["GET"], authLevel: "anonymous", handler: handleGetHealth });
