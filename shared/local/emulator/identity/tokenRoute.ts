import { timingSafeEqual } from "node:crypto";
import { type EmulatorApp, type EmulatorContext, newApp } from "../emulatorContext.ts";

const API_VERSION = "2019-08-01";
const POSTGRES_AUDIENCE = "https://ossrdbms-aad.database.windows.net";

/** Resources that Entra knows in every tenant; another one would need an app registration. */
const RESOURCES = [
  "https://management.azure.com",
  "https://management.core.windows.net",
  "https://vault.azure.net",
  "https://monitor.azure.com",
  "https://api.loganalytics.io",
  "https://storage.azure.com",
  POSTGRES_AUDIENCE,
];

/** GET /msi/token: the App Service protocol of managed identity. */
export function tokenRoute({ state, postgres, tokens }: EmulatorContext, identityHeader: string): EmulatorApp {
  const routes = newApp();
  routes.get("/msi/token", async (c) => {
    const header = c.req.header("x-identity-header");
    if (header === undefined) return c.json(fault(401, "The header X-IDENTITY-HEADER is missing."), 401);
    if (!same(header, identityHeader)) return c.json(fault(403, "The header X-IDENTITY-HEADER is wrong."), 403);
    if (c.req.query("api-version") !== API_VERSION) {
      return c.json(fault(400, `The api-version must be '${API_VERSION}'.`), 400);
    }

    const resource = c.req.query("resource");
    const audience = resource?.replace(/\/$/, "");
    if (resource === undefined || audience === undefined || !RESOURCES.includes(audience)) {
      return c.json(fault(400, `AADSTS500011: The resource principal named ${resource ?? "''"} was not found.`), 400);
    }

    const clientId = c.req.query("client_id");
    const objectId = c.req.query("object_id") ?? c.req.query("principal_id");
    const identity = state.identities.find((candidate) => {
      if (clientId !== undefined) return candidate.clientId.toLowerCase() === clientId.toLowerCase();
      if (objectId !== undefined) return candidate.objectId.toLowerCase() === objectId.toLowerCase();
      return candidate.systemAssigned === true;
    });
    if (identity === undefined) return c.json(fault(400, "Unable to load the proper Managed Identity."), 400);

    const { token, expiresAt } = tokens.mint(identity, audience);
    if (audience === POSTGRES_AUDIENCE) await postgres.acceptToken(identity.name, token, expiresAt);
    return c.json({
      access_token: token,
      expires_on: String(Math.floor(expiresAt.getTime() / 1000)),
      resource, // exactly as asked: MSAL does not cache a token for another spelling
      token_type: "Bearer",
      client_id: identity.clientId.toUpperCase(),
    });
  });
  routes.all("/msi/token", (c) => c.json(fault(405, "The method is not allowed."), 405, { allow: "GET" }));
  return routes;
}

function fault(statusCode: number, message: string): { statusCode: number; message: string; correlationId: string } {
  return { statusCode, message, correlationId: crypto.randomUUID() };
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
