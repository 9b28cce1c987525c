import { describe, expect, it } from "@jest/globals";
import { RotationError } from "../../shared/rotate/rotationError.ts";
import type { TickReport } from "../../shared/rotate/tickReport.ts";
import { readCredentialState } from "../../shared/runs/credentialState.ts";
import { recoverCredentials } from "../../shared/runs/recoverCredentials.ts";
import { readLastRecover } from "../../shared/runs/rotationHints.ts";
import { type FakeCredentialPorts, fakeCredentialPorts, stepOf } from "./fakeCredentialPorts.ts";
import { noSignal } from "./fakeScanPorts.ts";

const run = { runId: "recover-20261122T061000Z", actor: "timer" };

/** Recovers five minutes after the last time. */
async function recoverAgain(ports: FakeCredentialPorts) {
  ports.time = new Date(ports.time.getTime() + 300_000);
  return await recoverCredentials(run, ports, noSignal());
}

const denied: Partial<TickReport> = {
  state: "open",
  steps: [
    stepOf("publish", { outcome: "failed", code: "VAULT_DENIED", message: "The vault refused.", remedy: "grant it" }),
  ],
};

const broken: Partial<TickReport> = {
  state: "broken",
  steps: [stepOf("prove", { outcome: "failed", code: "LOGIN_REFUSED", message: "The published secret was refused." })],
  remarks: [{ code: "OUT_OF_BAND", message: "Somebody changed the password.", remedy: null }],
};

describe("recoverCredentials", () => {
  it("proves every credential, and never begins a rotation", async () => {
    const ports = fakeCredentialPorts(["a", "b"]);
    ports.time = new Date("2028-01-01T00:00:00.000Z");

    const results = await recoverCredentials(run, ports, noSignal());

    expect(ports.ticks).toEqual(["recover a", "recover b"]);
    expect(results.map(({ credential, state }) => [credential, state])).toEqual([
      ["a", "healthy"],
      ["b", "healthy"],
    ]);
  });

  it("writes nothing about credentials of which there is nothing new", async () => {
    const ports = fakeCredentialPorts(["a", "b"]);
    await recoverCredentials(run, ports, noSignal());
    const before = {
      blobs: new Map(ports.store.blobs),
      audit: new Map(ports.audit.blobs),
      rows: ports.sink.rows().length,
    };

    const again = await recoverAgain(ports);

    expect(again.map(({ told, problems }) => [told, problems])).toEqual([
      [false, []],
      [false, []],
    ]);
    const changed = [...ports.store.blobs].filter(([name, blob]) => before.blobs.get(name)?.etag !== blob.etag);
    expect(changed.map(([name]) => name)).toEqual(["rotations/recover.json"]);
    expect(ports.audit.blobs).toEqual(before.audit);
    expect(ports.sink.rows()).toHaveLength(before.rows);
  });

  it("tells of a credential that keeps failing once, and once of its end", async () => {
    const ports = fakeCredentialPorts(["a"]);
    await recoverCredentials(run, ports, noSignal());
    const lines = ports.told("a").length;
    ports.of("a").reports.push(broken, broken, broken);

    const told = [
      await recoverAgain(ports),
      await recoverAgain(ports),
      await recoverAgain(ports),
      await recoverAgain(ports),
    ];

    expect(told.map(([result]) => [result?.state, result?.told])).toEqual([
      ["broken", true],
      ["broken", false],
      ["broken", false],
      ["healthy", true],
    ]);
    expect(ports.told("a").slice(lines)).toEqual([
      "rotation.prove failed",
      "rotation.state broken",
      "rotation.prove done",
      "rotation.state healthy",
    ]);
    expect((await readCredentialState(ports.store, "a", noSignal())).health).toMatchObject({
      state: "healthy",
      since: "2026-11-22T06:30:00.000Z",
    });
  });

  it("keeps since when it is so, while the same fault lasts", async () => {
    const ports = fakeCredentialPorts(["a"]);
    ports.of("a").reports.push(broken, broken);

    await recoverCredentials(run, ports, noSignal());
    await recoverAgain(ports);

    expect((await readCredentialState(ports.store, "a", noSignal())).health).toEqual({
      state: "broken",
      since: "2026-11-22T06:10:00.000Z",
      codes: ["OUT_OF_BAND", "LOGIN_REFUSED"],
      message: "Somebody changed the password.",
      remedy: null,
    });
  });

  it("writes a line for every try that may have changed something, however often it fails", async () => {
    const ports = fakeCredentialPorts(["a"]);
    ports.of("a").reports.push(denied, denied);

    await recoverCredentials(run, ports, noSignal());
    await recoverAgain(ports);

    expect(ports.told("a")).toEqual(["rotation.publish failed", "rotation.state open", "rotation.publish failed"]);
  });

  it("lets no credential take the others' turn, whatever happens to it", async () => {
    const ports = fakeCredentialPorts(["a", "b", "c"]);
    ports.of("a").fault = new TypeError("hunter2 is not a function");
    ports.of("b").reports.push({
      state: "unknown",
      remarks: [{ code: "VAULT_UNREACHABLE", message: "No answer.", remedy: null }],
    });

    const results = await recoverCredentials(run, ports, noSignal());

    expect(results.map(({ credential, state }) => [credential, state])).toEqual([
      ["a", "fault"],
      ["b", "unknown"],
      ["c", "healthy"],
    ]);
    expect(results[0]?.problems[0]).toMatch(/^TypeError at /);
    expect(JSON.stringify(results)).not.toContain("hunter2");
  });

  it("works on few at a time", async () => {
    const ports = fakeCredentialPorts(Array.from({ length: 40 }, (_, index) => `c${index}`));

    await recoverCredentials(run, ports, noSignal());

    expect(ports.ticks).toHaveLength(40);
    expect(ports.busiest).toBe(8);
  });

  it("skips the rest when its time is over, and begins with them the next time", async () => {
    const ports = fakeCredentialPorts(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]);
    const tick = ports.tick.bind(ports);
    ports.tick = (request, journal, signal) => {
      // Each of the first takes long.
      if (request.credential.name < "i") ports.time = new Date(ports.time.getTime() + 60_000);
      return tick(request, journal, signal);
    };

    const results = await recoverCredentials(run, ports, noSignal());
    ports.ticks.length = 0;
    await recoverAgain(ports);

    const skipped = results.filter(({ state }) => state === "skipped").map(({ credential }) => credential);
    expect(skipped).toEqual(["i", "j"]);
    expect(ports.ticks.slice(0, 2)).toEqual(["recover i", "recover j"]);
  });

  it("begins nothing more when the invocation is over", async () => {
    const ports = fakeCredentialPorts(["a"]);

    const results = await recoverCredentials(run, ports, AbortSignal.abort());

    expect(results.map(({ state }) => state)).toEqual(["skipped"]);
    expect(ports.ticks).toEqual([]);
  });

  it("begins with what nobody has looked at for longest", async () => {
    const ports = fakeCredentialPorts(["a", "b", "c"]);
    await recoverCredentials({ ...run, names: ["a"] }, ports, noSignal());
    ports.time = new Date("2026-11-22T06:12:00.000Z");
    await recoverCredentials({ ...run, names: ["c"] }, ports, noSignal());
    ports.ticks.length = 0;

    await recoverAgain(ports);

    expect(ports.ticks).toEqual(["recover b", "recover a", "recover c"]);
  });

  it("forgets when it looked at credentials that are gone", async () => {
    const ports = fakeCredentialPorts(["a", "b"]);
    await recoverCredentials(run, ports, noSignal());
    const fewer = { ...ports, config: fakeCredentialPorts(["b"]).config };

    await recoverCredentials(run, fewer, noSignal());

    expect(Object.keys((await readLastRecover(ports.store, noSignal()))?.checked ?? {})).toEqual(["b"]);
  });

  it("goes on when neither state nor audit log nor Log Analytics can be reached, and says what is not recorded", async () => {
    const ports = fakeCredentialPorts(["a", "b"]);
    ports.of("a").reports.push({ state: "repaired", steps: [stepOf("repair")] });
    ports.store.fault = new Error("Storage does not answer.");
    ports.sink.fault = { status: null };
    ports.audit.beforeAppend = () => Promise.reject(new Error("Storage does not answer."));

    const results = await recoverCredentials(run, ports, noSignal());

    expect(ports.ticks).toEqual(["recover a", "recover b"]);
    expect(results.map(({ state }) => state)).toEqual(["repaired", "healthy"]);
    expect(results[0]?.problems.slice(0, 2)).toEqual([
      "The state of a was not written: Storage does not answer.",
      "2 audit lines of a were not written: Storage does not answer.",
    ]);
  });

  it("spools its rows while Log Analytics is down", async () => {
    const ports = fakeCredentialPorts(["a"]);
    ports.of("a").reports.push(broken);
    ports.sink.fault = { status: null };

    const results = await recoverCredentials(run, ports, noSignal());

    expect(results).toMatchObject([{ state: "broken", told: true, problems: [] }]);
    expect([...ports.store.blobs.keys()].filter((name) => name.startsWith("spool/"))).toHaveLength(2);
  });

  it("says that the server is missing, and that Azure is out of reach", async () => {
    const ports = fakeCredentialPorts(["a", "b"]);
    ports.servers = ({ name }) =>
      name === "a"
        ? { state: "missing", why: "There is no server orders in scope." }
        : { state: "unknown", why: "No answer." };

    const results = await recoverCredentials(run, ports, noSignal());

    expect(ports.ticks).toEqual([]);
    expect(results.map(({ state }) => state)).toEqual(["refused", "unknown"]);
    const rows = ports.sink.rows().filter((row) => row["Scope"] === "tick");
    expect(rows.map((row) => [row["Credential"], row["State"], row["Code"], row["ServerName"]])).toEqual([
      ["a", "refused", "SERVER_MISSING", null],
      ["b", "unknown", "ARM_UNREACHABLE", null],
    ]);
  });

  it("asks the known server and not Azure", async () => {
    const ports = fakeCredentialPorts(["a"]);
    const asked: boolean[] = [];
    const { servers } = ports;
    ports.servers = (credential, fresh) => {
      asked.push(fresh);
      return servers(credential, fresh);
    };

    await recoverCredentials(run, ports, noSignal());

    expect(asked).toEqual([false]);
  });

  it("is nothing without credentials", async () => {
    const ports = fakeCredentialPorts([]);

    expect(await recoverCredentials(run, ports, noSignal())).toEqual([]);
    expect(ports.store.blobs.size).toBe(0);
  });

  it("does not take an error of rotation for the end of everything", async () => {
    const ports = fakeCredentialPorts(["a", "b"]);
    ports.of("a").fault = new RotationError("Lost.", { code: "DEADLINE", effect: "unknown" });

    const results = await recoverCredentials(run, ports, noSignal());

    expect(results.map(({ state }) => state)).toEqual(["fault", "healthy"]);
  });
});
