import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import * as v from "valibot";
import { serverFindings } from "../shared/runs/serverFindings.ts";
import { wire } from "./wire.ts";
import { accessOf } from "./http/principal.ts";
import { json, problem } from "./http/problem.ts";

const State = v.picklist(["open", "resolved", "all"]);

/** `GET /api/servers/{server}/findings?state=open|resolved|all`: the findings ledger of one server; open without. */
export async function handleGetFindings(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { ports, environment, signal, log } = await wire(context);
  const access = accessOf(request, "PgWarden.Reader", environment.platformAuthentication);
  if (!access.granted) return problem(access.status, access.detail);

  const state = v.safeParse(State, request.query.get("state") ?? "open");
  if (!state.success) return problem(400, "state is none of open, resolved and all.");
  const answer = await serverFindings(request.params["server"] ?? "", state.output, ports, signal);
  log.info("findings read", { server: answer?.name, found: answer !== undefined, findings: answer?.findings.length });
  return answer === undefined ? problem(404, "There is no scan of such a server.") : json(200, answer);
}

app.http("getFindings", {
  route: "servers/{server}/findings",
  methods: ["GET"],
  authLevel: "function",
  handler: handleGetFindings,
});
