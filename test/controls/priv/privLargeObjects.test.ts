import { collected } from "../../../shared/collect/section.ts";
import { privLargeObjects } from "../../../shared/controls/priv/privLargeObjects.ts";
import type { AclGroup } from "../../../shared/model/databaseEvidence.ts";
import { grant } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { acls, named } from "./aclCases.ts";

const name = "lo_compat_privileges";

function server(value?: string, database: string | null = null, own?: string) {
  const setting = { name, unit: null, source: "configuration file", context: "superuser", pendingRestart: false };
  return {
    settings: collected(value === undefined ? [] : [{ ...setting, value }]),
    roleSettings: collected(own === undefined ? [] : [{ role: null, database, name, value: own }]),
  };
}

function objects(...groups: readonly Partial<AclGroup>[]) {
  return acls(
    ...groups.map((group) => ({ kind: "large_object" as const, schema: null, objects: ["16401"], ...group })),
  );
}

testControl(privLargeObjects, {
  pass: [
    {
      name: "the default, with objects of roles",
      sections: server(),
      database: objects({ grants: [grant("ann", "rw")] }),
    },
    { name: "said to be off", sections: server("OFF"), database: objects() },
    { name: "off in this database", sections: server("on", "app", "off"), database: objects() },
    { name: "on in another database", sections: server(undefined, "crm", "on"), database: objects() },
    {
      name: "objects of the platform, and a table that PUBLIC reads",
      sections: server(),
      database: acls(
        { kind: "large_object", schema: null, owner: "azuresu", objects: ["16402"], grants: [grant(null, "r")] },
        { grants: [grant(null, "r")] },
      ),
    },
  ],
  fail: [
    { name: "not checked on the server", sections: server("on"), database: objects(), subjects: ["database/app"] },
    {
      name: "not checked in this database",
      sections: server("off", "app", "yes"),
      database: objects(),
      subjects: ["database/app"],
      says: ['Setting lo_compat_privileges is "yes" in database app: privileges on large objects are not checked.'],
    },
    {
      name: "open objects",
      sections: server(),
      database: objects({ objects: ["16401", "16402"], grants: [grant(null, "rw")] }, { objects: ["16403"] }),
      subjects: ["largeObject/app/16401", "largeObject/app/16402"],
      says: ["PUBLIC has SELECT, UPDATE on large object 16401 of database app."],
    },
    {
      name: "many open objects are one finding",
      sections: server(),
      database: objects({ objects: named(100, "1640"), grants: [grant(null, "r")] }),
      subjects: ["database/app/large object"],
    },
  ],
});
