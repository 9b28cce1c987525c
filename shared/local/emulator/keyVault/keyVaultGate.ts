import type { MiddlewareHandler } from "hono";
import type { EmulatorContext, EmulatorEnv } from "../emulatorContext.ts";
import type { TokenCheck } from "../tokenIssuer.ts";
import { badParameter, KeyVaultRefusal } from "./keyVaultRefusal.ts";

const AUDIENCE = "https://vault.azure.net";
const API_VERSIONS = ["2026-04-01", "2025-07-01", "7.6", "7.5", "7.4", "7.3", "7.2", "7.1", "7.0"];

/** What stands before every route of the vault: token (or the challenge that names the tenant) and api-version. */
export function keyVaultGate({ state, tokens }: EmulatorContext): MiddlewareHandler<EmulatorEnv> {
  return async (c, next) => {
    c.header("x-ms-request-id", crypto.randomUUID());
    c.header("x-ms-keyvault-region", "westeurope");
    c.header("cache-control", "no-cache");
    const check = tokens.check(c.req.header("authorization"), [AUDIENCE]);
    if (!check.valid) {
      const challenge = `Bearer authorization="https://login.microsoftonline.com/${state.tenantId}", resource="${AUDIENCE}"`;
      throw new KeyVaultRefusal(401, "Unauthorized", message(check), { headers: { "www-authenticate": challenge } });
    }
    const apiVersion = c.req.query("api-version");
    if (apiVersion === undefined || apiVersion === "") throw badParameter("api-version must be specified");
    if (!API_VERSIONS.includes(apiVersion)) throw badParameter(`api-version '${apiVersion}' is not supported.`);
    await next();
  };
}

function message(check: Extract<TokenCheck, { valid: false }>): string {
  switch (check.fault) {
    case "missing":
      return "AKV10000: Request is missing a Bearer or PoP token.";
    case "malformed":
    case "forged":
      return "AKV10001: The bearer token could not be validated.";
    case "expired":
      return "AKV10001: The bearer token has expired.";
    case "audience":
      return `AKV10022: Invalid audience. Expected ${AUDIENCE}, found: ${check.claims.aud}.`;
  }
}
