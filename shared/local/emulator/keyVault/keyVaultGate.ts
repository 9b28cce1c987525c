import type { Context, MiddlewareHandler } from "hono";
import type { VaultAction } from "../azureState.ts";
import { type EmulatorContext, type EmulatorEnv, sentSegment } from "../emulatorContext.ts";
import type { TokenCheck, TokenClaims } from "../tokenIssuer.ts";
import { badParameter, KeyVaultRefusal, readOnlyVault } from "./keyVaultRefusal.ts";

const AUDIENCE = "https://vault.azure.net";
const API_VERSIONS = ["2026-04-01", "2025-07-01", "7.6", "7.5", "7.4", "7.3", "7.2", "7.1", "7.0"];
const READS: readonly VaultAction[] = ["getSecret", "readMetadata"];

/**
 * What stands before every route of the vault: token (or the challenge that names the tenant), api-version, the caller's
 * right to the action, and whether the vault can be changed at all.
 *
 * @param action null for what no route serves
 */
export function keyVaultGate(context: EmulatorContext, action: VaultAction | null): MiddlewareHandler<EmulatorEnv> {
  const { state, tokens } = context;
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
    if (action !== null) requireRight(context, c, check.claims, action);
    if (action !== null && state.vault.readOnly && !READS.includes(action)) throw readOnlyVault(action);
    await next();
  };
}

function requireRight(
  { state }: EmulatorContext,
  c: Context<EmulatorEnv>,
  { appid, oid }: TokenClaims,
  action: VaultAction,
): void {
  const { assignments } = state.vault;
  if (assignments === null) return;
  const name = c.req.param("name") === undefined ? undefined : sentSegment(c, 1).toLowerCase();
  const isGranted = assignments.some(({ clientId, actions, secrets }) => {
    if (clientId.toLowerCase() !== appid.toLowerCase() || !actions.includes(action)) return false;
    return secrets === null || secrets.some((secret) => secret.toLowerCase() === name);
  });
  if (isGranted) return;
  const message = `Caller is not authorized to perform action on resource. If role assignments, deny assignments or role definitions were changed recently, please observe propagation time. Caller: appid=${appid};oid=${oid} Action: 'Microsoft.KeyVault/vaults/secrets/${action}/action' Assignment: (not found) DecisionReason: 'DeniedWithNoValidRBAC'`;
  throw new KeyVaultRefusal(403, "Forbidden", message, { inner: "ForbiddenByRbac" });
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
