import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import * as v from "valibot";
import { isoDay } from "../shared/config/allowedValues.ts";
import { approveBaseline } from "../shared/runs/approveBaseline.ts";
import { baselineSummary } from "../shared/runs/serverSummary.ts";
import { findServer } from "../shared/runs/storedServers.ts";
import { wire } from "./wire.ts";
import { accessOf } from "./http/principal.ts";
import { json, problem } from "./http/problem.ts";
import { readBody } from "./http/readBody.ts";

const BaselineBody = v.strictObject({
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "64 hex digits")),
  reason: v.pipe(v.string(), v.regex(/\S/, "why it is approved"), v.maxLength(1000)),
  expires: v.optional(isoDay()),
});

/** `POST /api/servers/{server}/baseline`: approves the snapshot of that digest; 409 when the server has moved on. */
export async function handlePostBaseline(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { ports, environment, signal, log } = await wire(context);
  const access = accessOf(request, "PgWarden.Approver", environment.platformAuthentication);
  if (!access.granted) return problem(access.status, access.detail);
  const body = await readBody(request, BaselineBody);
  if (!body.ok) return body.response;

  const found = await findServer(request.params["server"] ?? "", ports.store, signal);
  if (found === undefined) return problem(404, "There is no scan of such a server.");
  const { serverId } = found.latest.result;
  const { digest, reason, expires } = body.value;
  const approval = { serverId, digest, approvedBy: access.actor, reason, expires: expires ?? null };
  const answer = await approveBaseline(approval, ports, signal);
  log.info("baseline asked for", { server: serverId, outcome: answer.outcome, actor: access.actor });
  switch (answer.outcome) {
    case "approved":
      return json(201, baselineSummary(answer.baseline, digest, ports.now()));
    case "moved":
      return problem(409, "The snapshot has moved: its digest is another one now.", { digest: answer.digest });
    case "over":
      return problem(400, "expires is no day to come.");
    case "notScanned":
      return problem(404, "There is no scan of such a server.");
  }
}

app.http("postBaseline", {
  route: "servers/{server}/baseline",
  methods: ["POST"],
  authLevel: "function",
  handler: handlePostBaseline,
});
