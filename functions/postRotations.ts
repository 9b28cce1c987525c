import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import * as v from "valibot";
import { requestRotation } from "../shared/runs/requestRotation.ts";
import { httpRunId } from "../shared/runs/runIds.ts";
import { accessOf } from "./http/principal.ts";
import { json, problem } from "./http/problem.ts";
import { readBody } from "./http/readBody.ts";
import { wire } from "./wire.ts";

const RotationBody = v.strictObject({ reason: v.optional(v.pipe(v.string(), v.maxLength(200))) });

/**
 * `POST /api/credentials/{name}/rotations`: asks for a rotation, due or not. The same `Idempotency-Key` from the same
 * caller is the same request, and granted once.
 */
export async function handlePostRotations(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { rotation, environment, signal, log, randomId } = await wire(context);
  const access = accessOf(request, "PgWarden.Operator", environment.platformAuthentication);
  if (!access.granted) return problem(access.status, access.detail);
  const body = await readBody(request, RotationBody);
  if (!body.ok) return body.response;
  const key = request.headers.get("idempotency-key");
  if (key !== null && key.length > 200) return problem(400, "Idempotency-Key has more than 200 characters.");

  const credential = request.params["name"] ?? "";
  const requestId = httpRunId(access.actor, `${credential}\n${key ?? randomId()}`);
  const asked = { credential, requestId, actor: access.actor, reason: body.value.reason ?? null };
  const answer = await requestRotation(asked, await rotation(), signal);
  log.info("rotation asked for", { credential, requestId, outcome: answer.outcome, actor: access.actor });
  switch (answer.outcome) {
    case "queued":
    case "granted":
      return json(
        202,
        { requestId, credential, status: answer.outcome },
        { location: `/api/credentials/${credential}` },
      );
    case "disabled":
      return problem(409, `Credential ${credential} is disabled; nothing new is begun.`);
    case "unknown":
      return problem(404, "There is no such credential.");
  }
}

app.http("postRotations", {
  route: "credentials/{name}/rotations",
  methods: ["POST"],
  authLevel: "function",
  handler: handlePostRotations,
});
