import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import { serverAccess } from "../shared/runs/serverAccess.ts";
import { wire } from "./wire.ts";
import { accessOf } from "./http/principal.ts";
import { json, problem } from "./http/problem.ts";

/** Longer than two quoted names and the argument types of any function. */
const maxTargetCharacters = 1000;

/** `GET /api/servers/{server}/access?to=…&database=…`: who could reach a role or a table at the last scan, and how. */
export async function handleGetAccess(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { ports, environment, signal, log } = await wire(context);
  const access = accessOf(request, "PgWarden.Reader", environment.platformAuthentication);
  if (!access.granted) return problem(access.status, access.detail);

  const to = request.query.get("to") ?? "";
  if (to === "" || to.length > maxTargetCharacters)
    return problem(400, "to names a role, an attribute such as BYPASSRLS, or schema.table.");
  const question = {
    server: request.params["server"] ?? "",
    to,
    database: request.query.get("database") ?? undefined,
  };
  const found = await serverAccess(question, ports, signal);
  log.info("access read", { outcome: found.outcome });
  switch (found.outcome) {
    case "answered":
      return json(200, { server: found.id, takenAt: found.takenAt, ...found.answer });
    case "notScanned":
      return problem(404, "There is no scan of such a server.");
    case "noTarget":
      return problem(404, found.fault);
    case "notRead":
      return problem(503, found.fault);
  }
}

app.http("getAccess", {
  route: "servers/{server}/access",
  methods: ["GET"],
  authLevel: "function",
  handler: handleGetAccess,
});
