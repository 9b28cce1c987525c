import * as v from "valibot";
import { armBody } from "../arm/armBody.ts";
import { armGate } from "../arm/armGate.ts";
import { API_VERSIONS } from "../arm/armPaths.ts";
import { ArmRefusal } from "../arm/armRefusal.ts";
import type { AzureState } from "../azureState.ts";
import { type EmulatorApp, type EmulatorContext, newApp } from "../emulatorContext.ts";
import { resourceQuery } from "./queries.ts";

export const RESOURCES_PATH = "/providers/microsoft.resourcegraph/resources";
// 15 queries in 5 s (azure.md §2)
const QUOTA = { size: 15, refillPerSecond: 3 };

const QueryBody = v.object({
  query: v.string(),
  subscriptions: v.optional(v.array(v.string())),
  managementGroups: v.optional(v.array(v.string())),
  options: v.optional(
    v.object({
      $top: v.optional(v.number()),
      $skipToken: v.optional(v.string()),
      resultFormat: v.optional(v.picklist(["objectArray"]), "objectArray"),
      allowPartialScopes: v.optional(v.boolean()),
      authorizationScopeFilter: v.optional(v.string()),
    }),
    {},
  ),
});

type QueryBody = v.InferOutput<typeof QueryBody>;

/** POST a query; pages by `$skipToken`, in the order of the ids. */
export function resourcesRoute(context: EmulatorContext): EmulatorApp {
  const { state, rateLimits } = context;
  const routes = newApp();
  routes.post(RESOURCES_PATH, armGate(context, API_VERSIONS.resourceGraph), async (c) => {
    const left = rateLimits.take(`resourceGraph ${c.req.header("authorization") ?? ""}`, QUOTA);
    c.header("x-ms-user-quota-remaining", String(Math.max(left, 0)));
    c.header("x-ms-user-quota-resets-after", "00:00:05");
    if (left < 0 && state.behaviour.enforceRateLimits) {
      const message =
        "Client application has been throttled and should not continue to repeat the request until an amount of time has elapsed.";
      throw new ArmRefusal(429, { code: "RateLimiting", message }, { "x-ms-user-quota-remaining": "0" });
    }

    const body = await armBody(c, QueryBody);
    const query = resourceQuery(body.query);
    if (query === undefined) {
      throw badRequest(
        "InvalidQuery",
        "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.",
      );
    }
    const top = body.options.$top ?? state.behaviour.pageSize;
    if (!Number.isInteger(top) || top < 1 || top > 1000) {
      throw badRequest("InvalidArgument", `The value '${top}' of $top must be between 1 and 1000.`);
    }

    const rows = query(state, subscriptionsOf(state, body)).sort((a, b) => (a.id < b.id ? -1 : 1));
    const start = startOf(body.options.$skipToken);
    const end = start + Math.min(top, state.behaviour.pageSize);
    const data = rows.slice(start, end);
    const more = end < rows.length ? { $skipToken: tokenOf(end) } : {};
    const resultTruncated = String(state.behaviour.resultTruncated);
    return c.json({ ...more, count: data.length, data, facets: [], resultTruncated, totalRecords: rows.length });
  });
  return routes;
}

/** Lower case. No scope at all means everything that the caller can see. */
function subscriptionsOf(state: AzureState, { subscriptions, managementGroups }: QueryBody): string[] {
  const all = state.subscriptions;
  if (subscriptions !== undefined && managementGroups !== undefined) {
    throw badRequest("InvalidArgument", "Only one of subscriptions and managementGroups may be given.");
  }
  const wanted = subscriptions?.map((id) => id.toLowerCase());
  const groups = managementGroups?.map((name) => name.toLowerCase());
  const chosen = all.filter((subscription) => {
    if (wanted !== undefined) return wanted.includes(subscription.subscriptionId.toLowerCase());
    if (groups === undefined) return true;
    return subscription.managementGroups.some((name) => groups.includes(name.toLowerCase()));
  });
  if (chosen.length > 0) return chosen.map(({ subscriptionId }) => subscriptionId.toLowerCase());
  const given = (wanted ?? groups ?? []).join(", ");
  throw badRequest(
    "NoValidSubscriptionsInQueryRequest",
    `There must be at least one subscription that is eligible to contain resources. Given: '${given}'.`,
  );
}

function badRequest(code: string, message: string): ArmRefusal {
  const outer = "Please provide below info when asking for support.";
  return new ArmRefusal(400, { code: "BadRequest", message: outer, details: [{ code, message }] });
}

function tokenOf(start: number): string {
  return Buffer.from(JSON.stringify({ start })).toString("base64");
}

const SkipToken = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): unknown => {
    try {
      return JSON.parse(Buffer.from(dataset.value, "base64").toString());
    } catch {
      addIssue({ message: "no JSON" });
      return NEVER;
    }
  }),
  v.object({ start: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
);

function startOf(skipToken: string | undefined): number {
  if (skipToken === undefined) return 0;
  const token = v.safeParse(SkipToken, skipToken);
  if (token.success) return token.output.start;
  throw badRequest("InvalidSkipToken", "The $skipToken is invalid.");
}
