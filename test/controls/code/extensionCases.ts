import { collected } from "../../../shared/collect/section.ts";
import type { Extension } from "../../../shared/model/databaseEvidence.ts";

export function extension(name: string, override: Partial<Extension> = {}): Extension {
  return { name, version: "1.0", defaultVersion: "1.0", schema: "ext", owner: "pgadmin", ...override };
}

export const plpgsql = extension("plpgsql", { schema: "pg_catalog", owner: "azuresu" });

export function extensions(...items: readonly Extension[]) {
  return { extensions: collected(items) };
}
