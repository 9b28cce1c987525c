import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import { credentialStatuses } from "../shared/runs/credentialStatus.ts";
import { accessOf } from "./http/principal.ts";
import { json, problem } from "./http/problem.ts";
import { wire } from "./wire.ts";

/** `GET /api/credentials`: age, next due, state and last problem of every credential; never a value. */
export async function handleGetCredentials(
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const { rotation, environment, signal, log } = await wire(context);
  const access = accessOf(request, "PgWarden.Reader", environment.platformAuthentication);
  if (!access.granted) return problem(access.status, access.detail);

  const credentials = await credentialStatuses(await rotation(), signal);
  log.info("credentials read", { credentials: credentials.length });
  return json(200, { credentials });
}

app.http("getCredentials", {
  route: "credentials",
  methods: ["GET"],
  authLevel: "function",
  handler: handleGetCredentials,
});
