import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../../shared/collect/section.ts";
import type { Sections } from "../../../shared/model/section.ts";
import { serverRow } from "../../../shared/publish/rows/serverRow.ts";
import { parameter, posture, sections, serverRef, takenAt, tlsProbe } from "../../builders.ts";
import { expectRow } from "./checkRow.ts";

const context = { runId: "r1", now: new Date("2026-11-22T06:00:05.000Z"), takenAt, server: serverRef() };
const office = { name: "office", first: "203.0.113.0", last: "203.0.113.15" };

/** Every section unavailable. */
const nothing = Object.fromEntries(
  Object.keys(sections()).map((name) => [name, unavailable("unreachable", "no answer")]),
  // the keys are exactly the section names
) as unknown as Sections;

describe("serverRow", () => {
  it("tells the server's facts and what could not be read", () => {
    const row = serverRow(
      posture({
        firewallRules: collected([office]),
        parameters: collected([parameter("require_secure_transport", "on")]),
        tlsProbes: collected([tlsProbe()]),
      }),
      context,
    );

    expectRow("PgWardenServer_CL", row);
    expect(row).toMatchObject({
      Version: "17",
      NetworkModel: "public",
      FirewallRuleCount: 1,
      ReplicaCount: null,
      RequireSecureTransport: "on",
      MinimumTlsVersion: null,
      NegotiatedTls: [{ port: 5432, protocol: "TLSv1.3", trusted: true }],
    });
    expect(row.UnavailableSections).toContainEqual({ section: "roles", reason: "absent" });
  });

  it("keeps a server in the tables of which nothing could be read", () => {
    const row = serverRow(posture(nothing), context);

    expectRow("PgWardenServer_CL", row);
    expect(row).toMatchObject({ ServerName: "orders", Version: null, NetworkModel: null });
  });
});
