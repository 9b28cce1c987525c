import { collected } from "../../../shared/collect/section.ts";
import { roleAttributeDrift } from "../../../shared/controls/role/roleAttributeDrift.ts";
import { testControl } from "../testControl.ts";
import { drift } from "./driftCases.ts";

const sections = { roles: collected([]) };
const changed = { change: "changed" } as const;

testControl(roleAttributeDrift, {
  pass: [
    { name: "no drift", sections, baselineDrift: [] },
    {
      name: "roles that came, went or were made again, and what is set for them",
      sections,
      baselineDrift: [
        drift("role/ann"),
        drift("role/bob", { change: "removed" }),
        drift("role/cid", { change: "recreated" }),
        drift("roleSetting/ann/*/work_mem", changed),
        drift("membership/team/ann", changed),
      ],
    },
  ],
  fail: [
    {
      name: "a role with other attributes",
      sections,
      baselineDrift: [drift("role/ann", changed), drift("role/bob")],
      subjects: ["role/ann"],
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
