import type pg from "pg";
import { accessInput, type AccessInput } from "../../shared/access/accessInput.ts";
import { acls } from "../../shared/collect/acls.ts";
import { context } from "../../shared/collect/context.ts";
import { databases } from "../../shared/collect/databases.ts";
import { definerFunctions } from "../../shared/collect/definerFunctions.ts";
import { memberships } from "../../shared/collect/memberships.ts";
import { partitions } from "../../shared/collect/partitions.ts";
import { protectedTables } from "../../shared/collect/protectedTables.ts";
import { protectedViews } from "../../shared/collect/protectedViews.ts";
import { publications } from "../../shared/collect/publications.ts";
import { roles } from "../../shared/collect/roles.ts";
import { collected } from "../../shared/collect/section.ts";
import { sharedAcls } from "../../shared/collect/sharedAcls.ts";
import type { Collected } from "../../shared/model/section.ts";
import { database, posture } from "../builders.ts";

interface Collector<T> {
  readonly sql: (major: number) => string;
  readonly parse: (rows: readonly unknown[]) => readonly T[];
}

/** What the collectors read in this transaction. */
export async function evidenceOf(client: pg.Client, major: number): Promise<AccessInput> {
  async function read<T>({ sql, parse }: Collector<T>): Promise<Collected<T>> {
    return collected(parse((await client.query<Record<string, unknown>>(sql(major))).rows));
  }
  await client.query("set local search_path = pg_catalog");
  const server = {
    context: await read(context),
    roles: await read(roles),
    memberships: await read(memberships),
    databases: await read(databases),
    sharedAcls: await read(sharedAcls),
  };
  const inDatabase = database("postgres", {
    acls: await read(acls),
    protectedTables: await read(protectedTables),
    partitions: await read(partitions),
    definerFunctions: await read(definerFunctions),
    protectedViews: await read(protectedViews),
    publications: await read(publications),
  });
  const input = accessInput(posture(server, undefined, [inDatabase]));
  if ("unavailable" in input) throw new Error(input.unavailable.detail);
  return input;
}
