import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import { credentialStatus } from "../shared/runs/credentialStatus.ts";
import { UnknownCredentialError } from "../shared/runs/rotationPorts.ts";
import { accessOf } from "./http/principal.ts";
import { json, problem } from "./http/problem.ts";
import { wire } from "./wire.ts";

/** `GET /api/credentials/{name}`: one credential, with the newest requests and whether they were granted. */
export async function handleGetCredential(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { rotation, environment, signal, log } = await wire(context);
  const access = accessOf(request, "PgWarden.Reader", environment.platformAuthentication);
  if (!access.granted) return problem(access.status, access.detail);

  try {
    const status = await credentialStatus(request.params["name"] ?? "", await rotation(), signal);
    log.info("credential read", { credential: status.name, state: status.state });
    return json(200, status);
  } catch (error) {
    if (error instanceof UnknownCredentialError) return problem(404, "There is no such credential.");
    throw error;
  }
}

app.http("getCredential", {
  route: "credentials/{name}",
  methods: ["GET"],
  authLevel: "function",
  handler: handleGetCredential,
});
