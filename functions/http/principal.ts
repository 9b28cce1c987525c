import type { HttpRequest } from "@azure/functions";
import * as v from "valibot";

export type AppRole = "PgWarden.Reader" | "PgWarden.Operator" | "PgWarden.Approver";

export type Access =
  | { readonly granted: true; readonly actor: string }
  | { readonly granted: false; readonly status: 401 | 403; readonly detail: string };

/** The header that App Service authentication adds, after base64 (learn.microsoft.com, "Work with user identities"). */
const Principal = v.object({
  claims: v.array(v.object({ typ: v.string(), val: v.string() })),
  role_typ: v.optional(v.string()),
  name_typ: v.optional(v.string()),
});

const roleClaims = ["roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"];
const nameClaims = ["preferred_username", "name", "appid", "azp"];
const objectIdClaims = ["http://schemas.microsoft.com/identity/claims/objectidentifier", "oid"];

/**
 * Whether a caller holds an app role. Without the platform's authentication anybody could send the header, so it is
 * ignored then and the function key, which the host has checked, is all there is.
 */
export function accessOf(request: HttpRequest, role: AppRole, platformAuthentication: boolean): Access {
  if (!platformAuthentication) return { granted: true, actor: "function-key" };
  const header = request.headers.get("x-ms-client-principal");
  if (header === null) return { granted: false, status: 401, detail: "Sign in with Microsoft Entra ID first." };
  const principal = parsePrincipal(header);
  if (principal === undefined) return { granted: false, status: 401, detail: "The sign-in could not be read." };

  const roles = valuesOf(principal, [...roleClaims, principal.role_typ ?? "roles"]);
  const actor = actorOf(principal);
  if (roles.includes(role)) return { granted: true, actor };
  return { granted: false, status: 403, detail: `This needs the app role ${role}.` };
}

function parsePrincipal(header: string): v.InferOutput<typeof Principal> | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(header, "base64").toString("utf8"));
    const principal = v.safeParse(Principal, parsed);
    return principal.success ? principal.output : undefined;
  } catch {
    return undefined;
  }
}

function valuesOf({ claims }: v.InferOutput<typeof Principal>, types: readonly string[]): readonly string[] {
  return claims.filter(({ typ }) => types.includes(typ)).map(({ val }) => val);
}

/** A name for people and the object id for certainty. */
function actorOf(principal: v.InferOutput<typeof Principal>): string {
  const name = valuesOf(principal, [principal.name_typ ?? "name", ...nameClaims])[0] ?? "unknown";
  const objectId = valuesOf(principal, objectIdClaims)[0];
  return objectId === undefined ? name : `${name} (${objectId})`;
}
