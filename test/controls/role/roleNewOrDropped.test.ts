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
  notApplicable: [{ name: "no baseline is in force", sections }],
});
