import { describe, expect, it } from "@jest/globals";
import { credentialRow, rotationStepRows } from "../../../shared/publish/rows/rotationRows.ts";
import { serverRef, takenAt } from "../../builders.ts";
import { fakeCredentialPorts, stepOf } from "../../runs/fakeCredentialPorts.ts";
import { expectRow } from "./checkRow.ts";

const now = new Date("2026-11-22T06:10:05.000Z");
const context = { runId: "r1", now, takenAt, server: serverRef() };
const [credential] = fakeCredentialPorts(["app"]).config.credentials;
if (credential === undefined) throw new Error("there is no credential");

const published = {
  version: "v7",
  user: "app",
  key: { generation: 7, rotationId: "r7" },
  createdAt: "2026-11-01T00:00:00Z",
  expiresAt: null,
};

describe("rotationStepRows", () => {
  it("gives each step its row, also the same step at the same instant", () => {
    const failed = stepOf("publish", {
      outcome: "failed",
      code: "VAULT_DENIED",
      message: "The vault refused.",
      remedy: "grant setSecret",
      key: published.key,
      role: "app",
      secretVersion: "v7",
      durationMs: 16.6,
    });

    const rows = rotationStepRows(
      credential,
      [stepOf("apply"), failed, failed],
      { reason: "timer", state: "open" },
      context,
    );

    for (const row of rows) expectRow("PgWardenRotation_CL", row);
    expect(new Set(rows.map(({ RowId }) => RowId)).size).toBe(3);
    expect(rows[1]).toMatchObject({
      Credential: "app",
      Strategy: "single",
      Scope: "step",
      Reason: "timer",
      RoleName: "app",
      Step: "publish",
      StepOutcome: "failed",
      State: "open",
      Code: "VAULT_DENIED",
      Message: "The vault refused.",
      Remedy: "grant setSecret",
      Generation: 7,
      RotationId: "r7",
      VaultName: "contoso",
      SecretName: "app",
      SecretVersion: "v7",
      StepAt: "2026-11-22T06:10:00.000Z",
      DurationMs: 17,
    });
  });
});

describe("credentialRow", () => {
  const news = { state: "healthy", remarks: [], published, logsIn: true, nextDueAt: null, intent: null } as const;

  it("tells of what is published, and the first remark before the others", () => {
    const remarks = [
      { code: "STALE_CONSUMER", message: "A session is old.", remedy: null },
      { code: "PAIR_DRIFT", message: "The pair differs.", remedy: "alter role" },
    ];

    const row = credentialRow(credential, { ...news, remarks }, "recover", context);

    expectRow("PgWardenRotation_CL", { ...row });
    expect(row).toMatchObject({
      Scope: "tick",
      Step: null,
      State: "healthy",
      Code: "STALE_CONSUMER",
      Remarks: [{ code: "PAIR_DRIFT", message: "The pair differs.", remedy: "alter role" }],
      Generation: 7,
      RotationId: "r7",
      RoleName: "app",
      SecretVersion: "v7",
      PublishedAt: "2026-11-01T00:00:00Z",
      LogsIn: true,
    });
  });

  it("names the rotation that is open rather than the one that is published", () => {
    const intent = { key: { generation: 8, rotationId: "r8" }, role: "app_b", createdAt: takenAt };

    const row = credentialRow(credential, { ...news, state: "open", intent }, "recover", context);

    expect(row).toMatchObject({ Generation: 8, RotationId: "r8", RoleName: "app_b", SecretVersion: "v7" });
  });

  it("keeps its RowId when a message is handled again", () => {
    const later = { ...context, now: new Date("2026-11-22T07:00:00.000Z") };

    const [first, again] = [context, later].map((one) => credentialRow(credential, news, "http", one).RowId);

    expect(again).toBe(first);
  });

  it("is complete for a credential of which nothing is known", () => {
    const row = credentialRow(credential, { ...news, state: "unknown", published: null, logsIn: null }, "status", {
      ...context,
      server: null,
    });

    expectRow("PgWardenRotation_CL", { ...row });
    expect(row).toMatchObject({ Generation: null, RoleName: null, SecretVersion: null, ServerName: null });
  });
});
