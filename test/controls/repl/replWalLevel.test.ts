import { collected } from "../../../shared/collect/section.ts";
import { replWalLevel } from "../../../shared/controls/repl/replWalLevel.ts";
import type { Parameter } from "../../../shared/model/armEvidence.ts";
import { parameter, policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const approved = policy({ replication: { logicalApproved: true } });

function level(value: string, override: Partial<Parameter> = {}) {
  return { parameters: collected([parameter("wal_level", value, override)]) };
}

testControl(replWalLevel, {
  pass: [
    { name: "replica", sections: level("replica") },
    { name: "logical where it is approved", policy: approved, sections: level("LOGICAL") },
    { name: "replica where more is approved", policy: approved, sections: level("replica", { pendingRestart: true }) },
  ],
  fail: [
    { name: "logical", sections: level("Logical"), subjects: ["parameter/wal_level"] },
    {
      name: "logical until the restart",
      sections: level("replica", { pendingRestart: true }),
      subjects: ["parameter/wal_level"],
      says: ["waits for a restart"],
    },
  ],
  notApplicable: [{ name: "no such parameter", sections: { parameters: collected([]) } }],
});
