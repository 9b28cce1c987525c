import { describe, expect, it } from "@jest/globals";
import { rotationNotes } from "../../shared/rotate/rotationNotes.ts";
import type { TickReport } from "../../shared/rotate/tickReport.ts";
import { managedCredentials } from "../../shared/runs/managedCredentials.ts";
import { readCredentialState, updateCredentialState } from "../../shared/runs/credentialState.ts";
import { writeCredentialEvidence } from "../../shared/runs/credentialEvidence.ts";
import { recoverCredentials } from "../../shared/runs/recoverCredentials.ts";
import { publishedEvidence, serverRef } from "../builders.ts";
import { type FakeCredentialPorts, fakeCredentialPorts } from "./fakeCredentialPorts.ts";
import { noSignal } from "./fakeScanPorts.ts";

const recover = { runId: "recover-20261122T061500Z", actor: "timer" };

function known(ports: FakeCredentialPorts, server = "Orders") {
  return managedCredentials(serverRef({ name: server }), ports.config.credentials, ports.store, noSignal());
}

async function notesAfter(remarks: TickReport["remarks"], state: TickReport["state"] = "broken") {
  const ports = fakeCredentialPorts();
  ports.of("app").reports.push({ state, remarks });
  await recoverCredentials(recover, ports, noSignal());
  return (await known(ports)).credentials.flatMap(({ notes }) => notes);
}

describe("managedCredentials", () => {
  it("gives the credentials of a server as configured, before any tick", async () => {
    const ports = fakeCredentialPorts(["app", "report"]);

    const { credentials, logins } = await known(ports);

    expect(credentials.map(({ name, seen, notes, nextDueAt }) => ({ name, seen, notes, nextDueAt }))).toEqual([
      { name: "app", seen: null, notes: [], nextDueAt: null },
      { name: "report", seen: null, notes: [], nextDueAt: null },
    ]);
    expect(logins).toEqual([]);
    expect((await known(ports, "billing")).credentials).toEqual([]);
  });

  it("joins them with what ticks saw, their logins and the next rotation", async () => {
    const ports = fakeCredentialPorts();
    const at = "2026-11-22T06:00:00.000Z";
    const seen = {
      at,
      secret: "present" as const,
      published: { ...publishedEvidence(), suspectTags: [] },
      intents: [],
      strangeVersions: [],
      ledger: null,
    };
    const replaced = { version: "v6", published: "v7", outcome: "refused" as const, detail: null, at };
    const login = { version: "v7", outcome: "accepted" as const, detail: null, at };
    await writeCredentialEvidence(ports.store, "app", { seen, login, replaced }, noSignal());

    const { credentials, logins } = await known(ports);

    expect(credentials).toMatchObject([{ name: "app", seen, nextDueAt: "2027-02-10T06:00:00.000Z" }]);
    expect(logins).toEqual([
      { credential: "app", secret: "published", ...login },
      { credential: "app", secret: "replaced", version: "v6", outcome: "refused", detail: null, at },
    ]);
  });

  it("leaves out the try of a password where none was replaced", async () => {
    const ports = fakeCredentialPorts();
    const replaced = {
      version: null,
      published: "v1",
      outcome: "untried" as const,
      detail: "None.",
      at: "2026-11-22T06:00:00Z",
    };
    await writeCredentialEvidence(ports.store, "app", { seen: null, login: null, replaced }, noSignal());

    expect((await known(ports)).logins).toEqual([]);
  });

  it("notes what the last tick remarked, with its own remedy or the one of the code", async () => {
    const notes = await notesAfter([
      { code: "OUT_OF_BAND", message: "Somebody set the password.", remedy: null },
      { code: "LEDGER_MISSING", message: "There is no ledger.", remedy: "create it" },
    ]);

    expect(notes).toEqual([
      {
        code: "out-of-band",
        severity: "high",
        title: "Nobody but rotation sets the password",
        message: `Somebody set the password. To mend it: ${rotationNotes.OUT_OF_BAND.remedy}`,
      },
      expect.objectContaining({ code: "ledger-missing", severity: "high" }),
    ]);
  });

  it("notes what holds up a rotation of a secret that is well, until one comes through", async () => {
    const ports = fakeCredentialPorts();
    const stale = { codes: ["STALE_CONSUMER"], message: "Role app is still in use.", remedy: "restart it" };
    const times = { since: "2026-11-22T06:00:00.000Z", lastAt: "2026-11-22T06:00:00.000Z" };
    await updateCredentialState(
      ports.store,
      "app",
      (before) => ({ ...before, hindrance: { state: "postponed", failures: 0, ...stale, ...times } }),
      noSignal(),
    );
    await recoverCredentials(recover, ports, noSignal());

    expect((await readCredentialState(ports.store, "app", noSignal())).health?.state).toBe("healthy");
    expect((await known(ports)).credentials.flatMap(({ notes }) => notes)).toEqual([
      expect.objectContaining({
        code: "stale-consumer",
        severity: "medium",
        message: "Role app is still in use. To mend it: restart it",
      }),
    ]);
  });

  it("notes each code once, and none that it does not know", async () => {
    const ports = fakeCredentialPorts();
    const health = { state: "broken", since: "2026-11-22T06:00:00.000Z", message: "Refused.", remedy: null } as const;
    await updateCredentialState(
      ports.store,
      "app",
      (before) => ({
        ...before,
        health: { ...health, codes: ["LOGIN_REFUSED", "OF_ANOTHER_VERSION", "toString"] },
        advice: [{ code: "LOGIN_REFUSED", message: "Once more.", remedy: null }],
      }),
      noSignal(),
    );

    expect((await known(ports)).credentials.flatMap(({ notes }) => notes.map(({ code }) => code))).toEqual([
      "login-refused",
    ]);
  });
});

describe("rotationNotes", () => {
  it("has a title, a remedy and a severity for each code, all of them sentences to show", () => {
    const titles = Object.values(rotationNotes).map(({ title }) => title);

    for (const { title, remedy } of Object.values(rotationNotes)) {
      expect(title).toMatch(/^[A-Z][^.]{10,}$/);
      expect(remedy).toMatch(/^\S.{10,}$/s);
    }
    expect(titles).toEqual([...new Set(titles)]);
  });
});
