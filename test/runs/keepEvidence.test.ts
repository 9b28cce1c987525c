import { beforeEach, describe, expect, it } from "@jest/globals";
import type { SeenCredential } from "../../shared/model/credentialEvidence.ts";
import type { ReplacedProof } from "../../shared/rotate/replacedSecret.ts";
import { RotationError } from "../../shared/rotate/rotationError.ts";
import type { TickReport } from "../../shared/rotate/tickReport.ts";
import { readCredentialEvidence } from "../../shared/runs/credentialEvidence.ts";
import { keepEvidence } from "../../shared/runs/keepEvidence.ts";
import { pickCredential } from "../../shared/runs/rotationPorts.ts";
import { publishedEvidence, serverRef } from "../builders.ts";
import { type FakeCredentialPorts, fakeCredentialPorts } from "./fakeCredentialPorts.ts";
import { noSignal } from "./fakeScanPorts.ts";

const seen: SeenCredential = {
  secret: "present",
  published: publishedEvidence(),
  intents: [],
  strangeVersions: [],
  ledger: null,
};

function report(override: Partial<TickReport> = {}): TickReport {
  const { version, user, key, createdAt, expiresAt } = publishedEvidence();
  return {
    credential: "app",
    state: "healthy",
    steps: [],
    remarks: [],
    published: { version, user, key, createdAt, expiresAt, logsIn: true },
    intent: null,
    seen,
    ...override,
  };
}

const server = { ...serverRef(), host: "orders.example", administratorLogin: "pgadmin" };

let ports: FakeCredentialPorts;
let tries: string[];
let proof: ReplacedProof | RotationError | null;

beforeEach(() => {
  ports = fakeCredentialPorts();
  tries = [];
  proof = null;
  ports.tryReplaced = ({ name }) => {
    tries.push(name);
    return proof instanceof Error ? Promise.reject(proof) : Promise.resolve(proof);
  };
});

function keep(given: TickReport, { wished = false } = {}): Promise<string | null> {
  return keepEvidence({ credential: pickCredential("app", ports), server, report: given, wished }, ports, noSignal());
}

function kept() {
  return readCredentialEvidence(ports.store, "app", noSignal());
}

function later(minutes: number): string {
  ports.time = new Date(ports.time.getTime() + minutes * 60_000);
  return ports.time.toISOString();
}

function refused(): ReplacedProof {
  return { version: "v6", published: "v7", outcome: "refused", detail: null, at: ports.time.toISOString() };
}

describe("keepEvidence", () => {
  it("writes what a tick saw, its login, and one try of the replaced password", async () => {
    proof = refused();
    const at = ports.time.toISOString();

    expect(await keep(report())).toBeNull();

    expect(await kept()).toEqual({
      seen: { ...seen, at },
      login: { version: "v7", outcome: "accepted", detail: null, at },
      replaced: proof,
    });
    expect(tries).toEqual(["app"]);
  });

  it("tries a password that is refused once a day, and anew after a rotation", async () => {
    proof = refused();
    await keep(report());
    later(5);
    await keep(report());
    expect(tries).toHaveLength(1);

    await keep(report({ published: { ...publishedEvidence({ version: "v8" }), logsIn: true } }));
    expect(tries).toHaveLength(2);

    later(24 * 60);
    await keep(report());
    expect(tries).toHaveLength(3);
  });

  it.each([
    ["a tick that was to rotate", report(), { wished: true }],
    ["a rotation that is open", report({ state: "open" }), {}],
    ["a secret that does not log in", report({ state: "broken" }), {}],
    ["nothing published", report({ published: null }), {}],
  ])("tries nothing after %s", async (_what, given, options) => {
    await keep(given, options);

    expect(tries).toEqual([]);
  });

  it("keeps what a tick did not learn, which grows old", async () => {
    proof = refused();
    const at = ports.time.toISOString();
    await keep(report());
    const now = later(30);

    await keep(report({ state: "unknown", seen: null }));
    expect(await kept()).toMatchObject({ seen: { at }, login: { at: now } });

    await keep(report({ state: "unknown", seen, published: { ...publishedEvidence(), logsIn: null } }));
    expect(await kept()).toMatchObject({ seen: { at: now }, login: { at: now }, replaced: proof });
  });

  it("writes nothing of a tick that learned nothing", async () => {
    await keep(report({ state: "busy", seen: null, published: null }));

    expect([...ports.store.blobs.keys()]).toEqual([]);
  });

  it("writes an unchanged credential every fifteen minutes, and a changed one at once", async () => {
    const first = ports.time.toISOString();
    await keep(report());
    later(14);
    await keep(report());
    expect(await kept()).toMatchObject({ seen: { at: first } });

    const intent = { generation: 8, rotationId: "r", role: "app", createdAt: first };
    const changed = ports.time.toISOString();
    await keep(report({ state: "open", seen: { ...seen, intents: [intent] } }));
    expect(await kept()).toMatchObject({ seen: { at: changed, intents: [intent] } });

    const aged = later(15);
    await keep(report({ state: "open", seen: { ...seen, intents: [intent] } }));
    expect(await kept()).toMatchObject({ seen: { at: aged } });
  });

  it("says why a login was refused", async () => {
    const remark = { code: "ROLE_CANNOT_LOG_IN", message: "Role app may not log in.", remedy: null } as const;

    await keep(report({ state: "broken", published: { ...publishedEvidence(), logsIn: false }, remarks: [remark] }));

    expect((await kept()).login).toMatchObject({ outcome: "refused", detail: "Role app may not log in." });
  });

  it("keeps the last try where the vault does not answer", async () => {
    proof = refused();
    const before = proof;
    await keep(report());
    later(25 * 60);
    proof = new RotationError("The vault is gone.", { code: "VAULT_UNREACHABLE", effect: "none" });

    expect(await keep(report())).toBeNull();
    expect((await kept()).replaced).toEqual(before);
  });

  it("turns a store that fails into a sentence, for the tick is done", async () => {
    ports.store.read = () => Promise.reject(new Error("The container is gone."));

    expect(await keep(report())).toBe("What was seen of app was not written: The container is gone.");
  });
});
