import type { EntraMapping } from "../model/catalogEvidence.ts";

/**
 * Reads the security labels of a role, in both forms that Azure writes:
 * `pgaadauth=aadauth,oid=<guid>,type=service,admin` and `pgaadauth-int=type=group,oid=<guid>,tenant_id=<guid>`.
 *
 * @param labels `provider=label`
 * @returns null when no label names an object id
 */
export function entraMapping(labels: readonly string[]): EntraMapping | null {
  const parts = labels.flatMap(labelParts);
  const objectId = valueOf(parts, "oid");
  if (objectId === undefined) return null;
  return {
    objectId: objectId.toLowerCase(),
    type: typeOf(valueOf(parts, "type")),
    admin: parts.includes("admin"),
    mfa: parts.includes("mfa"),
  };
}

function labelParts(label: string): readonly string[] {
  const end = label.indexOf("=");
  const provider = label.slice(0, end);
  if (provider !== "pgaadauth" && provider !== "pgaadauth-int") return [];
  return label
    .slice(end + 1)
    .split(",")
    .map((part) => part.trim());
}

function valueOf(parts: readonly string[], key: string): string | undefined {
  const value = parts.find((part) => part.startsWith(`${key}=`))?.slice(key.length + 1);
  return value === "" ? undefined : value;
}

function typeOf(value: string | undefined): EntraMapping["type"] {
  return value === "user" || value === "group" || value === "service" ? value : "unknown";
}
