import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import { serverDrift } from "../shared/runs/serverDrift.ts";
import { wire } from "./wire.ts";
import { accessOf } from "./http/principal.ts";
import { json, problem } from "./http/problem.ts";

/** `GET /api/servers/{server}/drift`: how one server differs from its baseline, and what changed last. */
export async function handleGetDrift(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { ports, environment, signal, log } = await wire(context);
  const access = accessOf(request, "PgWarden.Reader", environment.platformAuthentication);
  if (!access.granted) return problem(access.status, access.detail);

  const answer = await serverDrift(request.params["server"] ?? "", ports, signal);
  log.info("drift read", { server: answer?.name, found: answer !== undefined, drifts: answer?.sinceBaseline?.length });
  return answer === undefined ? problem(404, "There is no scan of such a server.") : json(200, answer);
}

app.http("getDrift", {
  route: "servers/{server}/drift",
  methods: ["GET"],
  authLevel: "function",
  handler: handleGetDrift,
});
