import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import { serverEntries } from "../shared/runs/serverSummary.ts";
import { wire } from "./wire.ts";
import { accessOf } from "./http/principal.ts";
import { json, problem } from "./http/problem.ts";

/** `GET /api/servers`: every server that was ever scanned, as its last scan left it. */
export async function handleGetServers(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { ports, environment, signal, log } = await wire(context);
  const access = accessOf(request, "PgWarden.Reader", environment.platformAuthentication);
  if (!access.granted) return problem(access.status, access.detail);

  const servers = await serverEntries(ports, signal);
  log.info("servers read", { servers: servers.length });
  return json(200, { servers });
}

app.http("getServers", { route: "servers", methods: ["GET"], authLevel: "function", handler: handleGetServers });
