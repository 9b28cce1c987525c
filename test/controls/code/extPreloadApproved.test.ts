import { describe, expect, it } from "@jest/globals";
import { collected } from "../../../shared/collect/section.ts";
import { extPreloadApproved } from "../../../shared/controls/code/extPreloadApproved.ts";
import type { Parameter } from "../../../shared/model/armEvidence.ts";
import { parameter, policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const approved = policy({ code: { preloadLibraries: ["pg_cron", "PgAudit"] } });

function libraries(value: string, override: Partial<Parameter> = {}) {
  return { parameters: collected([parameter("shared_preload_libraries", value, { dataType: "Set", ...override })]) };
}

const subjects = ["parameter/shared_preload_libraries"];

testControl(extPreloadApproved, {
  pass: [
    { name: "the approved set in any order and case", policy: approved, sections: libraries("PGAUDIT, pg_cron") },
    {
      name: "pgaudit, although the list forgot it",
      policy: policy({ code: { preloadLibraries: ["pg_cron"] } }),
      sections: libraries("pg_cron,pgaudit"),
    },
  ],
  fail: [
    {
      name: "overwritten by pgaudit alone",
      policy: approved,
      sections: libraries("pgaudit"),
      subjects,
      says: ["it lacks pg_cron"],
    },
    {
      name: "without pgaudit, although the list does not ask for it",
      policy: policy({ code: { preloadLibraries: ["pg_cron"] } }),
      sections: libraries("pg_cron"),
      subjects,
      says: ["it lacks pgaudit"],
    },
    {
      name: "one too many and one too few",
      policy: approved,
      sections: libraries("pgaudit,timescaledb"),
      subjects,
      says: ["it lacks pg_cron, and no approval names timescaledb"],
    },
    {
      name: "right, but not before a restart",
      policy: approved,
      sections: libraries("pgaudit,pg_cron", { pendingRestart: true }),
      subjects,
      says: ["waits for a restart"],
    },
  ],
  notApplicable: [
    { name: "no list", sections: libraries("timescaledb") },
    { name: "no such parameter", policy: approved, sections: { parameters: collected([]) } },
  ],
});

describe("the remediation of ext-preload-approved", () => {
  it("appends to what the server has, and has no form that would overwrite it", () => {
    const { cli, ...others } = extPreloadApproved.meta.remediation;

    expect(cli).toContain('--value "$libraries,<missing library>"');
    expect(others).toEqual({});
  });
});
