import { collected } from "../../../shared/collect/section.ts";
import { roleNewOrDropped } from "../../../shared/controls/role/roleNewOrDropped.ts";
import { testControl } from "../testControl.ts";
import { drift } from "./driftCases.ts";

const sections = { roles: collected([]) };

testControl(roleNewOrDropped, {
  pass: [
    { name: "no drift", sections, baselineDrift: [] },
    {
      name: "a role with other attributes",
      sections,
      baselineDrift: [drift("role/ann", { change: "changed" }), drift("passwordType/ann")],
    },
  ],
  fail: [
    {
      name: "roles that came, went and were made again",
      sections,
      baselineDrift: [
        drift("role/ann"),
        drift("role/bob", { change: "removed", direction: "lost" }),
        drift("role/cid", { change: "recreated", direction: "changed" }),
        drift("membership/team/dan"),
      ],
      subjects: ["role/ann", "role/bob", "role/cid"],
    },
  ],
  unknown: [
    {
      name: "the baseline has no roles",
      sections,
      baselineDrift: [],
      uncompared: [
        { part: "roles", database: null, why: "it was not read when the baseline was approved" },
        { part: "acls", database: "app", why: "it was not read when the baseline was approved" },
      ],
      subjects: ["part/roles"],
      says: ["Part roles was not compared with the baseline: it was not read when the baseline was approved."],
    },
  ],
  notApplicable: [{ name: "no baseline is in force", sections }],
});
