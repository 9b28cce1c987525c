import { collected } from "../../../shared/collect/section.ts";
import { roleMembershipDrift } from "../../../shared/controls/role/roleMembershipDrift.ts";
import { drift } from "./driftCases.ts";

import { testControl } from "../testControl.ts";

const sections = { memberships: collected([]), roles: collected([]) };

testControl(roleMembershipDrift, {
  pass: [
    { name: "no drift", sections, baselineDrift: [] },
    {
      name: "a role that came with its memberships",
      sections,
      baselineDrift: [drift("role/ann"), drift("roleSetting/ann/*/membership")],
    },
  ],
  fail: [
    {
      name: "edges that came, went and changed, among other drift",
      sections,
      baselineDrift: [
        drift("membership/azure_pg_admin/app_rw"),
        drift("membership/team/ann", { change: "removed", direction: "lost" }),
        drift("membership/team/a%2Fb", { change: "changed", message: "The membership of a/b in team got ADMIN." }),
        drift("role/app_rw", { change: "changed" }),
      ],
      subjects: ["membership/azure_pg_admin/app_rw", "membership/team/a%2Fb", "membership/team/ann"],
    },
  ],
  unknown: [
    {
      name: "the baseline has no memberships",
      sections,
      baselineDrift: [],
      uncompared: [
        { part: "memberships", database: null, why: "it was not read when the baseline was approved" },
        { part: "roles", database: null, why: "it was not read when the baseline was approved" },
      ],
      subjects: ["part/memberships"],
      says: ["Part memberships was not compared with the baseline: it was not read when the baseline was approved."],
    },
  ],
  notApplicable: [{ name: "no baseline is in force", sections }],
});
