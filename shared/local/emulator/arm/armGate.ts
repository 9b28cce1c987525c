import type { Context, MiddlewareHandler } from "hono";
import type { EmulatorContext, EmulatorEnv } from "../emulatorContext.ts";
import type { TokenCheck, TokenClaims } from "../tokenIssuer.ts";
import { ArmRefusal } from "./armRefusal.ts";

const AUDIENCES = ["https://management.azure.com", "https://management.core.windows.net"];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
// azure.md §2
const READS = { size: 250, refillPerSecond: 25 };
const WRITES = { size: 200, refillPerSecond: 10 };

/** What stands before every ARM route: token, api-version, subscription, token bucket; and ARM's own headers. */
export function armGate(context: EmulatorContext, apiVersion: string): MiddlewareHandler<EmulatorEnv> {
  return async (c, next) => {
    for (const name of ["x-ms-request-id", "x-ms-correlation-request-id"]) c.header(name, crypto.randomUUID());
    c.header("cache-control", "no-cache");
    const claims = armClaims(context, c);
    requireApiVersion(c, apiVersion);
    requireSubscription(context, c);
    takeFromBucket(context, c, claims);
    await next();
  };
}

export function armClaims({ state, tokens, now }: EmulatorContext, c: Context<EmulatorEnv>): TokenClaims {
  const check = tokens.check(c.req.header("authorization"), AUDIENCES);
  if (check.valid) return check.claims;
  const error = { code: CODES[check.fault], message: message(check, now()) };
  const challenge = `Bearer authorization_uri="https://login.microsoftonline.com/${state.tenantId}", error="invalid_token", error_description="${error.message}"`;
  throw new ArmRefusal(401, error, { "www-authenticate": challenge });
}

const CODES = {
  missing: "AuthenticationFailed",
  malformed: "InvalidAuthenticationToken",
  forged: "InvalidAuthenticationToken",
  expired: "ExpiredAuthenticationToken",
  audience: "InvalidAuthenticationTokenAudience",
} as const;

function message(check: Extract<TokenCheck, { valid: false }>, now: Date): string {
  switch (check.fault) {
    case "missing":
      return "Authentication failed. The 'Authorization' header is missing.";
    case "malformed":
    case "forged":
      return "The access token is invalid.";
    case "expired":
      return `The access token expiry UTC time '${new Date(check.claims.exp * 1000).toISOString()}' is earlier than current UTC time '${now.toISOString()}'.`;
    case "audience":
      return `The access token has been obtained for wrong audience or resource '${check.claims.aud}'. It should exactly match with one of the allowed audiences '${AUDIENCES.join("','")}'.`;
  }
}

function requireApiVersion(c: Context<EmulatorEnv>, supported: string): void {
  const given = c.req.query("api-version");
  if (given === undefined || given === "") {
    const message = "The api-version query parameter (?api-version=) is required for all requests.";
    throw new ArmRefusal(400, { code: "MissingApiVersionParameter", message });
  }
  if (given === supported) return;
  const message = `The api-version '${given}' is invalid. The supported versions are '${supported}'.`;
  throw new ArmRefusal(400, { code: "InvalidApiVersionParameter", message });
}

function requireSubscription({ state }: EmulatorContext, c: Context<EmulatorEnv>): void {
  const id = c.req.param("subscription");
  if (id === undefined) return;
  if (!UUID.test(id)) {
    const message = `The provided subscription identifier '${id}' is malformed or invalid.`;
    throw new ArmRefusal(400, { code: "InvalidSubscriptionId", message });
  }
  if (state.subscriptions.some(({ subscriptionId }) => subscriptionId.toLowerCase() === id)) return;
  throw new ArmRefusal(404, { code: "SubscriptionNotFound", message: `The subscription '${id}' could not be found.` });
}

function takeFromBucket(context: EmulatorContext, c: Context<EmulatorEnv>, { oid }: TokenClaims): void {
  const kind = c.req.method === "GET" ? "reads" : c.req.method === "DELETE" ? "deletes" : "writes";
  const subscription = c.req.param("subscription");
  const scope = subscription === undefined ? "tenant" : "subscription";
  const key = `${oid} ${subscription ?? "tenant"} ${kind}`;
  const left = context.rateLimits.take(key, kind === "reads" ? READS : WRITES);
  c.header(`x-ms-ratelimit-remaining-${scope}-${kind}`, String(Math.max(left, 0)));
  if (left >= 0 || !context.state.behaviour.enforceRateLimits) return;
  const message = `Number of ${kind} for ${scope} '${subscription ?? context.state.tenantId}' exceeded the limit. Please try again after '1' seconds.`;
  throw new ArmRefusal(
    429,
    { code: "TooManyRequests", message },
    { "retry-after": "1", [`x-ms-ratelimit-remaining-${scope}-${kind}`]: "0" },
  );
}
