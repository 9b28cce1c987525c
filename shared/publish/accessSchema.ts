import * as v from "valibot";
import type { AccessAnswer } from "../access/accessAnswer.ts";

function described<S extends v.GenericSchema>(schema: S, text: string) {
  return v.pipe(schema, v.description(text));
}

const How = described(
  v.picklist(["inherit", "set", "admin"]),
  "inherit: at once. set: after SET ROLE. admin: after granting itself a role or privilege, which it may.",
);
const Path = v.pipe(v.array(v.string()), v.readonly());
const Names = v.pipe(v.array(v.string()), v.readonly());

const Via = v.object({
  kind: v.picklist([
    ...(["membership", "attribute", "azure_pg_admin", "predefined", "owner", "grant"] as const),
    ...(["superuser", "bypassRls", "partition", "view", "materializedView", "definerFunction"] as const),
    ...(["publication", "truncate", "references"] as const),
  ]),
  role: described(v.nullable(v.string()), "Whose membership, grant, ownership or attribute it is; null is PUBLIC."),
  attribute: v.exactOptional(described(v.string(), "SUPERUSER and the like.")),
  privileges: v.exactOptional(described(Names, "Of objects: SQL names, and OWNERSHIP for what only owners may do.")),
  columns: v.exactOptional(described(Names, "Where the grant is for these columns only.")),
  through: v.exactOptional(described(v.string(), "View, function, partition or publication past row security.")),
  precondition: v.exactOptional(
    described(v.object({ needs: v.string(), path: Path }), "What decides `how` when the path does not."),
  ),
});

const Principal = v.object({
  role: described(v.nullable(v.string()), "Null is PUBLIC: every role."),
  login: described(v.boolean(), "Whether somebody logs in as it; members of an Entra group log in as its role."),
  entra: v.exactOptional(v.object({ objectId: v.string(), type: v.picklist(["user", "group", "service", "unknown"]) })),
  how: How,
  path: described(Path, "A shortest way of that kind: the role itself first, the role of `via` last."),
  via: Via,
});

const objectKinds = [
  ...(["database", "tablespace", "parameter", "schema", "table", "view", "matview", "foreign_table"] as const),
  ...(["sequence", "column", "function", "procedure", "aggregate", "type", "domain", "language"] as const),
  ...(["fdw", "server", "large_object"] as const),
] as const;

/** What `pgwarden access --format json` prints. It stays compatible: fields may be added, none changes or goes. */
export const AccessReport = v.object({
  schema: v.literal("pgwarden.access/1"),
  target: v.union([
    v.object({ kind: v.picklist(["role", "attribute"]), name: v.string() }),
    v.object({
      kind: v.picklist(objectKinds),
      database: v.string(),
      schema: v.string(),
      name: v.string(),
      owner: v.string(),
      rowSecurity: described(v.nullable(v.picklist(["off", "on", "forced"])), "Null when it could not be read."),
    }),
  ]),
  principals: v.pipe(v.array(Principal), v.readonly()),
  bypass: v.exactOptional(described(v.pipe(v.array(Principal), v.readonly()), "Who gets past the row security.")),
  missing: described(
    v.pipe(
      v.array(
        v.object({
          database: described(v.nullable(v.string()), "Null: a section of the server."),
          section: v.string(),
          reason: v.picklist(["denied", "timeout", "unreachable", "absent", "shape", "deadline"]),
          detail: v.string(),
        }),
      ),
      v.readonly(),
    ),
    "What could not be read and may hold further ways.",
  ),
});
export type AccessReport = v.InferOutput<typeof AccessReport>;

/** The compiler holds the schema and the answer together. */
export function accessReport(answer: AccessAnswer): AccessReport {
  return { schema: "pgwarden.access/1", ...answer };
}
