import { collected } from "../../../shared/collect/section.ts";
import { privAclDrift } from "../../../shared/controls/priv/privAclDrift.ts";
import { drift } from "../role/driftCases.ts";
import { testControl } from "../testControl.ts";

const sections = { sharedAcls: collected([]) };
const database = { acls: collected([]), defaultPrivileges: collected([]) };
const here = { database: "app" };

testControl(privAclDrift, {
  pass: [
    { name: "no drift", sections, database, baselineDrift: [] },
    {
      name: "drift of other kinds and of other databases",
      sections,
      database,
      baselineDrift: [
        drift("rowPolicy/app/app/accounts/by_tenant", here),
        drift("definerFunction/app/app/f()", here),
        drift("acl/crm/table/app/orders", { database: "crm" }),
        drift("role/acl"),
      ],
    },
  ],
  fail: [
    {
      name: "grants and default privileges of this database",
      sections,
      database,
      baselineDrift: [
        drift("acl/app/table/app/orders", here),
        drift("defaultPrivilege/app/app_owner/table", { ...here, change: "changed" }),
        drift("membership/team/ann"),
      ],
      subjects: ["acl/app/table/app/orders", "defaultPrivilege/app/app_owner/table"],
    },
  ],
  notApplicable: [{ name: "no baseline is in force", sections, database }],
});
