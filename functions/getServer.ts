import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import { serverSummary } from "../shared/runs/serverSummary.ts";
import { wire } from "./wire.ts";
import { accessOf } from "./http/principal.ts";
import { json, problem } from "./http/problem.ts";

/** `GET /api/servers/{server}`: counts, gaps and baseline of one server, by its last scan. */
export async function handleGetServer(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { ports, environment, signal, log } = await wire(context);
  const access = accessOf(request, "PgWarden.Reader", environment.platformAuthentication);
  if (!access.granted) return problem(access.status, access.detail);

  const summary = await serverSummary(request.params["server"] ?? "", ports, signal);
  log.info("server read", { server: summary?.name, found: summary !== undefined });
  return summary === undefined ? problem(404, "There is no scan of such a server.") : json(200, summary);
}

app.http("getServer", { route: "servers/{server}", methods: ["GET"], authLevel: "function", handler: handleGetServer });
