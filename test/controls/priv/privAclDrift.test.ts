import { collected } from "../../../shared/collect/section.ts";
import { privAclDrift } from "../../../shared/controls/priv/privAclDrift.ts";
import type { Drift } from "../../../shared/model/drift.ts";
import { drift } from "../role/driftCases.ts";
import { testControl } from "../testControl.ts";

const sections = { sharedAcls: collected([]) };
const database = { acls: collected([]), defaultPrivileges: collected([]) };

function here(cause: string, override: Partial<Drift> = {}): Drift {
  return drift(cause, { database: "app", ...override });
}

/** A grant on databases, which belong to the server. */
function onDatabases(objects: readonly string[], objectCount = objects.length): Drift {
  return drift("grant/*/database/*/ann/-/c", { after: { privileges: "c", objects, objectCount } });
}

testControl(privAclDrift, {
  pass: [
    { name: "no drift", sections, database, baselineDrift: [] },
    {
      name: "drift of other kinds and of other databases",
      sections,
      database,
      baselineDrift: [
        here("rowPolicy/app/app/accounts/by_tenant"),
        here("definerFunction/app/app/f()"),
        drift("grant/crm/table/app/ann/-/r", { database: "crm" }),
        onDatabases(["crm", "application"]),
        drift("grant/*/parameter/*/ann/-/s", { after: { privileges: "s", objects: ["app"], objectCount: 1 } }),
        drift("role/grant"),
      ],
    },
    {
      name: "objects that are gone, or new with what their kind grants anyway",
      sections,
      database,
      baselineDrift: [
        here("object/app/table/app/app_owner/ann=r/+", { severity: "low" }),
        here("object/app/table/app/app_owner/ann=r/-", { severity: "info", change: "removed" }),
      ],
    },
  ],
  fail: [
    {
      name: "grants, owners, default privileges and a new object that opens more",
      sections,
      database,
      baselineDrift: [
        here("grant/app/table/app/PUBLIC/-/r"),
        here("owner/app/table/app/app_owner/ann", { change: "changed" }),
        here("defaultPrivilege/app/app_owner/*/table/+/ann", { change: "removed" }),
        here("object/app/view/pg_catalog/azuresu/=r,ann=r/+", {
          severity: "critical",
          message: "View pg_catalog.pg_stats has other privileges than PostgreSQL itself gives: +.",
        }),
        drift("membership/team/ann"),
      ],
      subjects: [
        "grant/app/table/app/PUBLIC/-/r",
        "owner/app/table/app/app_owner/ann",
        "defaultPrivilege/app/app_owner/*/table/+/ann",
        "object/app/view/pg_catalog/azuresu/=r,ann=r/+",
      ],
    },
    {
      name: "the database itself, among several or among more than a drift names",
      sections,
      database,
      baselineDrift: [onDatabases(["app", "crm"]), onDatabases(["crm"], 40), here("grant/app/table/app/ann/-/r")],
      subjects: ["database/app", "grant/app/table/app/ann/-/r"],
      says: ["Privileges on database app itself differ: grant/*/database/*/ann/-/c is not as it was approved. grant/"],
    },
    {
      name: "a right on the database that was lost",
      sections,
      database,
      baselineDrift: [
        drift("grant/*/database/*/ann/c/-", {
          change: "removed",
          before: { privileges: "c", objects: ["app"], objectCount: 1 },
          after: null,
        }),
      ],
      subjects: ["database/app"],
    },
  ],
  unknown: [
    {
      name: "the baseline lacks ACLs of the server and of this database",
      sections,
      database,
      baselineDrift: [],
      uncompared: [
        { part: "sharedAcls", database: null, why: "it was not read when the baseline was approved" },
        { part: "acls", database: "app", why: "it was not read when the baseline was approved" },
        { part: "acls", database: "crm", why: "it was not read when the baseline was approved" },
      ],
      subjects: ["part/app/sharedAcls", "part/app/acls"],
      says: [
        "Part acls of database app was not compared with the baseline: it was not read when the baseline was approved.",
        "Part sharedAcls was not compared with the baseline: it was not read when the baseline was approved.",
      ],
    },
  ],
  notApplicable: [{ name: "no baseline is in force", sections, database }],
});
