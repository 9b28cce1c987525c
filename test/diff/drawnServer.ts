import fc from "fast-check";
import { collected } from "../../shared/collect/section.ts";
import type { AclGroup, ObjectKind } from "../../shared/model/databaseEvidence.ts";
import type { Posture } from "../../shared/model/posture.ts";
import {
  aclGroup,
  catalogContext,
  database,
  databaseFacts,
  grant,
  membership,
  posture,
  protectedTable,
  role,
} from "../builders.ts";

const names = ["r0", "r1", "r2", "r3", "r4", "r5", "azure_pg_admin", "pg_read_all_data"];

/** What somebody may be granted, by ACL kind, schema and name. */
const objects: readonly (readonly [
  kind: ObjectKind,
  schema: string | null,
  name: string,
  letters: readonly string[],
])[] = [
  ["table", "app", "t0", ["r", "D", "x"]],
  ["table", "app", "t1", ["r", "D", "x"]],
  ["table", "parts", "p0", ["r"]],
  ["view", "app", "v0", ["r"]],
  ["view", "app", "v1", ["r"]],
  ["matview", "app", "m0", ["r"]],
  ["column", "app", "v0.id", ["r"]],
  ["function", "app", "f0()", ["X"]],
  ["schema", null, "app", ["U"]],
  ["schema", null, "parts", ["U"]],
  ["database", null, "shop", ["c"]],
];

const attributes = ["canLogIn", "superuser", "bypassRls", "replication", "createRole"] as const;

/** Everything that may be there or not, each as a text. */
type Fact = string;

export interface DrawnServer {
  readonly versionNum: number;
  readonly facts: ReadonlySet<Fact>;
  /** Of tables, views and functions, and of the database. */
  readonly owners: readonly string[];
}

const attribute = fc
  .tuple(fc.constantFrom(...names.slice(0, 6)), fc.constantFrom("canLogIn", "canLogIn", "canLogIn", ...attributes))
  .map((parts) => ["role", ...parts].join(" "));
const edge = fc
  .tuple(fc.constantFrom(...names), fc.constantFrom(...names.slice(0, 6)), fc.constantFrom("I", "S", "IS", "IS", "A"))
  .filter(([granted, member]) => granted > member || granted.length > 2)
  .map((parts) => ["edge", ...parts].join(" "));
const granted = fc
  .tuple(
    fc
      .nat(objects.length - 1)
      .chain((at) => fc.tuple(fc.constant(at), fc.constantFrom(...(objects[at]?.[3] ?? ["r"])))),
    fc.constantFrom(...names.slice(0, 6), "r0", "r1", "PUBLIC"),
  )
  .map(([[at, letter], grantee]) => ["grant", at, letter, grantee].join(" "));
const decision = fc.oneof(attribute, edge, granted, granted);
const shape = fc.constantFrom("forced t0", "forced t1", "enabled p0", "invoker v1", "publication");

const server: fc.Arbitrary<DrawnServer> = fc.record({
  versionNum: fc.constantFrom(150_000, 170_000),
  facts: fc
    .tuple(
      fc.array(attribute, { maxLength: 6 }),
      fc.array(edge, { maxLength: 7 }),
      fc.array(granted, { maxLength: 12 }),
      fc.subarray(["forced t0", "forced t1", "enabled p0", "invoker v1", "publication", "shared"]),
    )
    .map((lists) => new Set(lists.flat())),
  owners: fc.array(fc.constantFrom("r0", "r1", "r2", "r5"), { minLength: 6, maxLength: 6 }),
});

/** A server, and the same after that many things came or went. One alone is a role's, a membership's or a grant's. */
export function drawnPair(changes: number): fc.Arbitrary<readonly [before: DrawnServer, after: DrawnServer]> {
  const change =
    changes === 1 ? decision : fc.oneof({ weight: 5, arbitrary: decision }, { weight: 1, arbitrary: shape });
  const owned = fc.tuple(fc.nat(5), fc.constantFrom("r0", "r1", "r2"));
  return fc
    .tuple(
      server,
      fc.uniqueArray(change, { minLength: 1, maxLength: changes }),
      changes === 1 ? fc.constant([]) : fc.array(owned, { maxLength: 1 }),
    )
    .map(([before, moved, owners]) => {
      const now = [...before.owners];
      for (const [at, owner] of owners) now[at] = owner;
      return [before, { ...before, facts: before.facts.symmetricDifference(new Set(moved)), owners: now }] as const;
    });
}

export function postureOf({ versionNum, facts, owners }: DrawnServer): Posture {
  const lists = [...facts].map((fact) => fact.split(" "));
  const [tables = "", views = "", inner = "", functions = "", shop = "", parts = ""] = owners;
  const ownerOf: Readonly<Record<string, string>> = {
    t0: tables,
    t1: tables,
    p0: parts,
    v0: views,
    v1: inner,
    m0: views,
    "f0()": functions,
    app: "r5",
    parts: "r5",
    shop,
  };
  function held(at: number): AclGroup {
    const [kind = "table", schema = null, name = ""] = objects[at] ?? [];
    const perGrantee = new Map<string, string>();
    for (const [what, on, letter = "", grantee = ""] of lists)
      if (what === "grant" && Number(on) === at) perGrantee.set(grantee, (perGrantee.get(grantee) ?? "") + letter);
    const grants = [...perGrantee]
      .map(([grantee, letters]) => grant(grantee === "PUBLIC" ? null : grantee, Array.from(letters).sort().join("")))
      .filter(({ grantee }) => grantee !== ownerOf[name])
      .sort((left, right) => ((left.grantee ?? "") < (right.grantee ?? "") ? -1 : 1));
    return aclGroup({ kind, schema, objects: [name], owner: ownerOf[name] ?? views, grants });
  }
  const all = objects.map((_, at) => held(at));
  const kept = all.filter(({ kind, grants }) => kind !== "column" || grants.length > 0);
  const over = { tableSchema: "app", table: "t0", depth: 1 };
  return posture(
    {
      context: collected([catalogContext({ versionNum })]),
      roles: collected(
        names.map((name) =>
          role(name, Object.fromEntries(attributes.map((one) => [one, facts.has(`role ${name} ${one}`)]))),
        ),
      ),
      memberships: collected(
        [
          ...Map.groupBy(
            lists.filter(([what]) => what === "edge"),
            ([, granted, member]) => `${granted ?? ""} ${member ?? ""}`,
          ),
        ].map(([pair, found]) => {
          const [of = "", member = ""] = pair.split(" ");
          const options = found.map(([, , , letters]) => letters).join("");
          // Before 16 SET ROLE always works.
          return membership(of, member, {
            admin: options.includes("A"),
            inherit: options.includes("I"),
            set: versionNum < 160_000 || options.includes("S"),
          });
        }),
      ),
      databases: collected([databaseFacts("shop", { owner: shop })]),
      sharedAcls: collected(facts.has("shared") ? all.filter(({ kind }) => kind === "database") : []),
    },
    undefined,
    [
      database("shop", {
        acls: collected(kept.filter(({ kind }) => kind !== "database")),
        protectedTables: collected(
          ["t0", "t1"].map((table) => protectedTable({ table, owner: tables, forced: facts.has(`forced ${table}`) })),
        ),
        partitions: collected([
          { schema: "parts", table: "p0", parentSchema: "app", parentTable: "t0", enabled: facts.has("enabled p0") },
        ]),
        protectedViews: collected([
          { ...over, schema: "app", view: "v0", owner: views, materialized: false, invoker: false, readsAs: [views] },
          {
            ...{ ...over, schema: "app", view: "v1", owner: inner, materialized: false },
            ...(facts.has("invoker v1") ? { invoker: true, readsAs: [null] } : { invoker: false, readsAs: [inner] }),
          },
          { ...over, schema: "app", view: "m0", owner: views, materialized: true, invoker: false, readsAs: [views] },
        ]),
        definerFunctions: collected([
          {
            ...{ schema: "app", signature: "f0()", owner: functions, language: "sql", searchPath: null, bodyMd5: "0" },
            ...{ publicExecute: facts.has("grant 7 X PUBLIC"), extension: false, mentions: ["app.t0"] },
          },
        ]),
        publications: collected(
          facts.has("publication")
            ? [{ name: "pub", owner: "r5", allTables: false, tables: ["app.t0"], schemas: [] }]
            : [],
        ),
      }),
    ],
  );
}
