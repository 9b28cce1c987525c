import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../shared/collect/section.ts";
import type { Finding } from "../../shared/model/finding.ts";
import type { DatabasePosture, Posture } from "../../shared/model/posture.ts";
import { gapsOf, summarise } from "../../shared/runs/summarise.ts";
import { database, posture, serverRef } from "../builders.ts";

function finding(override: Partial<Finding>): Finding {
  return {
    fingerprint: "f",
    controlId: "tls-min-version",
    title: "Minimum TLS is 1.2",
    severity: "high",
    subject: "server",
    outcome: "pass",
    message: "m",
    ...override,
  };
}

function summaryOf(given: Posture, findings: readonly Finding[] = []) {
  return summarise({
    runId: "cli-1",
    posture: given,
    findings,
    drifts: [],
    digest: "d",
    startedAt: given.takenAt,
    durationMs: 5,
    armReads: 9,
    delivery: "delivered",
  });
}

describe("gapsOf", () => {
  it("names what should have been read, and not what the server cannot have", () => {
    const gaps = gapsOf(posture({ roles: unavailable("timeout", "Login took longer than 10 s.") }));

    expect(gaps).toEqual([
      { section: "roles", database: null, reason: "timeout", detail: "Login took longer than 10 s." },
    ]);
  });

  it("names the sections of a database, and one that refused as a whole once", () => {
    const why = unavailable("denied", "Role scanner may not connect to database billing.");
    const names = Object.keys(database("billing").sections);
    const billing = { name: "billing", sections: Object.fromEntries(names.map((name) => [name, why])) };
    const app = database("app", { rowPolicies: unavailable("timeout", "Table app.t is locked.") });

    // Object.fromEntries loses the keys, which are those of a database's sections.
    const gaps = gapsOf(posture({}, serverRef(), [app, billing as unknown as DatabasePosture]));

    expect(gaps).toEqual([
      { section: "rowPolicies", database: "app", reason: "timeout", detail: "Table app.t is locked." },
      {
        section: "databases",
        database: "billing",
        reason: "denied",
        detail: "Role scanner may not connect to database billing.",
      },
    ]);
  });

  it("takes a database that was dropped during the scan for no gap", () => {
    expect(gapsOf(posture({}, serverRef(), [database("gone")]))).toEqual([]);
  });

  it("counts a server that is gone", () => {
    expect(gapsOf(posture({ server: unavailable("absent", "gone") })).map(({ section }) => section)).toEqual([
      "server",
    ]);
  });
});

describe("summarise", () => {
  it("is succeeded without gaps", () => {
    expect(summaryOf(posture()).status).toBe("succeeded");
  });

  it("is partial with one gap", () => {
    expect(summaryOf(posture({ roles: unavailable("denied", "no") })).status).toBe("partial");
  });

  it("is failed when nothing was read", () => {
    expect(summaryOf(posture({ server: unavailable("unreachable", "no") })).status).toBe("failed");
  });

  it("counts outcomes, and severities of fails only", () => {
    const findings = [
      finding({ outcome: "fail", severity: "critical" }),
      finding({ outcome: "fail", severity: "high" }),
      finding({ outcome: "waived", severity: "high" }),
      finding({ outcome: "unknown" }),
      finding({}),
    ];

    const { outcomes, failed } = summaryOf(posture({ roles: collected([]) }), findings);

    expect(outcomes).toEqual({ pass: 1, fail: 2, notApplicable: 0, unknown: 1, waived: 1 });
    expect(failed).toEqual({ critical: 1, high: 1, medium: 0, low: 0, info: 0 });
  });
});
