import type { Snapshot } from "../model/drift.ts";
import type { Change } from "./changes.ts";
import {
  databaseItem,
  foreignServerItem,
  protectedTableItem,
  publicationItem,
  subscriptionItem,
  userMappingItem,
} from "./databaseItem.ts";
import { nameOf, namesOf } from "./itemKey.ts";
import { differs } from "./judgeCode.ts";
import { type Judgement, judgement } from "./judgement.ts";
import { combined } from "./judgeRowSecurity.ts";

// Databases, and the ways in which data leaves them or comes in.

export function judgeDatabase({ key, before, after }: Change): Judgement {
  const name = `Database ${nameOf(key)}`;
  const [old, current] = [databaseItem(before), databaseItem(after)];
  if (current === undefined) return judgement("info", `${name} was dropped.`, [], { direction: "lost" });
  if (old === undefined)
    return judgement("medium", `${name} was created, owned by ${current.owner}: nothing in it was reviewed.`);
  return combined(name, [
    ...differs("high", "its owner", old.owner, current.owner),
    ...differs("low", "whether it allows connections", old.allowsConnections, current.allowsConnections),
    ...differs("low", "whether it is a template", old.template, current.template),
  ]);
}

export function judgePublication({ key, database, before, after }: Change, now: Snapshot): Judgement {
  const name = `Publication ${namesOf(key)[1] ?? ""} in database ${database ?? ""}`;
  const [old, current] = [publicationItem(before), publicationItem(after)];
  if (current === undefined) return judgement("info", `${name} was dropped.`, [], { direction: "lost" });
  if (current.allTables && old?.allTables !== true)
    return judgement("high", `${name} sends every row of all tables, those to come and protected ones too.`, [], {
      direction: "gained",
    });
  const newTables = current.tables.filter((table) => old?.tables.includes(table) !== true);
  const newSchemas = current.schemas.filter((schema) => old?.schemas.includes(schema) !== true);
  const sent = [...newTables, ...newSchemas.map((schema) => `all of schema ${schema}`)];
  if (sent.length === 0 && old !== undefined)
    return combined(name, [
      ...differs("medium", "its owner", old.owner, current.owner),
      ...differs("info", "whether it sends all tables", old.allTables, current.allTables),
      ...differs("info", "its tables", old.tables.join(", "), current.tables.join(", ")),
      ...differs("info", "its schemas", old.schemas.join(", "), current.schemas.join(", ")),
    ]);
  const isProtected = newTables.some((table) => protectedNames(now, database).has(table));
  const what = old === undefined ? "was created and sends" : "now also sends";
  const rows = isProtected ? ", every row of protected tables too" : "";
  return judgement(isProtected ? "high" : "medium", `${name} ${what} ${sent.join(", ") || "nothing yet"}${rows}.`, [], {
    direction: "gained",
  });
}

function protectedNames({ databases }: Snapshot, database: string | null): ReadonlySet<string> {
  const parts = database !== null && Object.hasOwn(databases, database) ? databases[database] : undefined;
  const tables = Object.entries(parts?.protectedTables.items ?? {}).filter(
    ([, value]) => protectedTableItem(value)?.enabled === true,
  );
  return new Set(tables.map(([key]) => namesOf(key).join(".")));
}

export function judgeSubscription({ key, before, after }: Change): Judgement {
  const [database = "", subscription = ""] = namesOf(key);
  const name = `Subscription ${subscription} in database ${database}`;
  const [old, current] = [subscriptionItem(before), subscriptionItem(after)];
  if (current === undefined) return judgement("info", `${name} was dropped.`);
  if (old === undefined) {
    const open = current.passwordRequired === false ? " without a password of its owner's" : "";
    return judgement("medium", `${name} was created: rows of ${current.publications.join(", ")} come in${open}.`);
  }
  return combined(name, [
    ...differs("medium", "its owner", old.owner, current.owner),
    ...differs("low", "whether it is enabled", old.enabled, current.enabled),
    ...differs("medium", "its publications", old.publications.join(", "), current.publications.join(", ")),
    ...differs(
      current.passwordRequired === false ? "medium" : "info",
      "whether it needs a password",
      old.passwordRequired,
      current.passwordRequired,
    ),
    ...differs("medium", "whether it runs as its owner", old.runAsOwner, current.runAsOwner),
  ]);
}

export function judgeUserMapping({ database, before, after }: Change): Judgement {
  const mapping = userMappingItem(after) ?? userMappingItem(before);
  const who = mapping?.role === null ? "PUBLIC" : `role ${mapping?.role ?? ""}`;
  const name = `User mapping of ${who} for foreign server ${mapping?.server ?? ""} in database ${database ?? ""}`;
  return after === null
    ? judgement("info", `${name} was dropped.`, [], { direction: "lost" })
    : judgement("high", `${name} was created: it holds a credential for another server.`, [], { direction: "gained" });
}

export function judgeForeignServer({ key, database, before, after }: Change): Judgement {
  const name = `Foreign server ${namesOf(key)[1] ?? ""} in database ${database ?? ""}`;
  const [old, current] = [foreignServerItem(before), foreignServerItem(after)];
  if (current === undefined) return judgement("info", `${name} was dropped.`, [], { direction: "lost" });
  if (old === undefined)
    return judgement(
      "medium",
      `${name} was created over ${current.wrapper}: ${current.options.join(", ") || "no options"}.`,
    );
  return combined(name, [
    ...differs("medium", "its wrapper", old.wrapper, current.wrapper),
    ...differs("medium", "its options", old.options.join(", "), current.options.join(", ")),
    ...differs("medium", "its owner", old.owner, current.owner),
  ]);
}
