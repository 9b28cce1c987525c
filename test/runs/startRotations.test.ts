import { describe, expect, it } from "@jest/globals";
import { RotationError } from "../../shared/rotate/rotationError.ts";
import { health } from "../../shared/runs/health.ts";
import { rotateCredential } from "../../shared/runs/rotateCredential.ts";
import { startRotations } from "../../shared/runs/startRotations.ts";
import { expectRow } from "../publish/rows/checkRow.ts";
import { fakeCredentialPorts } from "./fakeCredentialPorts.ts";
import { config, noSignal } from "./fakeScanPorts.ts";

const slot = "timer-20270201T061000Z";
/** Three months after everything was published. */
const late = new Date("2027-02-01T06:10:00.000Z");
const unreachable = new RotationError("The vault did not answer.", { code: "VAULT_UNREACHABLE", effect: "none" });

describe("startRotations", () => {
  it("hands what is due to workers, and leaves the rest", async () => {
    const ports = fakeCredentialPorts(["a", "b", "c"]);
    ports.time = late;
    ports.of("b").createdAt = "2027-01-31T00:00:00Z";

    const started = await startRotations(slot, ports, noSignal());

    expect(ports.dispatched).toEqual(
      ["a", "c"].map((credential) => ({
        message: { v: 1, credential, requestId: slot, reason: "timer" },
        delaySeconds: 0,
      })),
    );
    expect(started).toMatchObject({ waiting: [], unread: [], delivery: "delivered" });
    expect(ports.ticks).toEqual([]);
  });

  it("47. needs nothing of the ticks before: after a long silence everything due is found, and begun within the cap", async () => {
    const ports = fakeCredentialPorts(["a", "b", "c"], { rest: ", maxPerRun: 2" });
    ports.time = new Date("2030-01-01T00:00:00.000Z");
    ports.of("c").createdAt = "2020-01-01T00:00:00Z";

    const started = await startRotations(slot, ports, noSignal());

    expect(ports.dispatched.map(({ message }) => message.credential)).toEqual(["c", "a"]);
    expect(started.waiting).toEqual([{ credential: "b", why: "cap", until: null }]);
  });

  it("sends for a repeated tick the same requests, which are granted once", async () => {
    const ports = fakeCredentialPorts(["a"]);
    ports.time = late;

    await startRotations(slot, ports, noSignal());
    await startRotations(slot, ports, noSignal());
    for (const { message } of ports.dispatched)
      await rotateCredential({ ...message, actor: "timer" }, ports, noSignal());

    expect(ports.dispatched).toHaveLength(2);
    expect(ports.of("a").generation).toBe(2);
    expect(ports.ticks).toEqual(["rotateIfDue a"]);
  });

  it.each(["before", "after", "twice"] as const)(
    "has every rotation begun once when the queue fails: %s the message was taken",
    async (moment) => {
      const ports = fakeCredentialPorts(["a", "b", "c"]);
      ports.time = late;
      const queue = ports.dispatch.bind(ports);
      let cuts = 0;
      ports.dispatch = async (message, delaySeconds, signal) => {
        const isCut = message.credential === "b" && cuts === 0;
        if (isCut) cuts += 1;
        if (isCut && moment === "before") throw new Error("The queue did not answer.");
        await queue(message, delaySeconds, signal);
        if (isCut && moment === "twice") await queue(message, delaySeconds, signal);
        if (isCut && moment === "after") throw new Error("The answer of the queue was lost.");
      };

      const first = await startRotations(slot, ports, noSignal()).then(
        () => "started",
        () => "failed",
      );
      // The host's next try of the same tick, and the tick after it.
      for (const requestId of [slot, "timer-20270201T071000Z"]) await startRotations(requestId, ports, noSignal());
      for (const { message } of ports.dispatched)
        await rotateCredential({ ...message, actor: "timer" }, ports, noSignal());

      expect(first).toBe(moment === "twice" ? "started" : "failed");
      expect(["a", "b", "c"].map((name) => ports.of(name).generation)).toEqual([2, 2, 2]);
    },
  );

  it("52. waits longer and longer for one that keeps failing, while the others go on", async () => {
    const ports = fakeCredentialPorts(["bad", "good"]);
    ports.time = late;
    ports.of("bad").fault = undefined;
    const begun: string[] = [];
    for (let hour = 0; hour < 24; hour += 1) {
      ports.time = new Date(late.getTime() + hour * 3_600_000);
      ports.of("good").createdAt = "2026-11-01T00:00:00Z";
      ports.of("bad").reports.push({ state: "refused" });
      const requestId = `timer-hour-000${hour}`;
      const { begin } = await startRotations(requestId, ports, noSignal());
      for (const { credential } of begin) {
        begun.push(credential);
        const reason = "timer" as const;
        await rotateCredential({ credential, requestId, reason, actor: "timer" }, ports, noSignal());
      }
      ports.of("bad").reports.length = 0;
    }

    expect(begun.filter((name) => name === "good")).toHaveLength(24);
    // After 30 min, 1 h, 2 h, 4 h, 8 h, 16 h: at the hours 0, 1, 2, 4, 8 and 16.
    expect(begun.filter((name) => name === "bad")).toHaveLength(6);
  });

  it("leaves out a credential whose vault does not answer, and says so", async () => {
    const ports = fakeCredentialPorts(["a", "b"]);
    ports.time = late;
    ports.of("a").vaultFault = unreachable;

    const { begin, unread } = await startRotations(slot, ports, noSignal());

    expect(begin.map(({ credential }) => credential)).toEqual(["b"]);
    expect(unread).toEqual([{ credential: "a", why: "The vault did not answer." }]);
  });

  it("gives every credential one row, with what is known of it", async () => {
    const ports = fakeCredentialPorts(["a", "b", "c", "d"]);
    ports.of("a").vaultFault = unreachable;
    ports
      .of("d")
      .reports.push({ state: "open", remarks: [{ code: "VAULT_DENIED", message: "Denied.", remedy: null }] });
    ports.of("b").reports.push({
      state: "broken",
      remarks: [{ code: "OUT_OF_BAND", message: "Somebody changed the password.", remedy: "ask them" }],
    });
    for (const name of ["b", "d"]) {
      const request = { credential: name, requestId: "http-00000001", reason: "http", actor: "x" } as const;
      await rotateCredential(request, ports, noSignal());
    }
    ports.sink.chunks.length = 0;

    await startRotations(slot, ports, noSignal());

    const rows = ports.sink.rows();
    for (const row of rows) expectRow("PgWardenRotation_CL", row);
    expect(rows.map((row) => [row["Credential"], row["Reason"], row["State"], row["Code"], row["LogsIn"]])).toEqual([
      ["a", "status", "unknown", "VAULT_UNREACHABLE", null],
      ["b", "status", "broken", "OUT_OF_BAND", false],
      ["c", "status", "unknown", null, null],
      ["d", "status", "open", "VAULT_DENIED", null],
    ]);
    expect(rows[1]).toMatchObject({ NextDueAt: "2027-01-30T00:00:00.000Z", Generation: 1 });
  });

  it("begins rotations while Log Analytics is down", async () => {
    const ports = fakeCredentialPorts(["a"]);
    ports.time = late;
    ports.sink.fault = { status: null };

    const started = await startRotations(slot, ports, noSignal());

    expect(ports.dispatched).toHaveLength(1);
    expect(started.delivery).toBe("spooled");
  });

  it("has nothing to do without credentials", async () => {
    const ports = fakeCredentialPorts([]);

    expect(await startRotations(slot, ports, noSignal())).toEqual({
      begin: [],
      waiting: [],
      unread: [],
      delivery: "delivered",
    });
    expect(ports.store.blobs.size).toBe(0);
  });

  it("shows in the health of the app", async () => {
    const ports = fakeCredentialPorts(["a", "b"]);
    ports.time = late;
    ports.of("b").vaultFault = unreachable;
    const withConfig = { ...ports, config: { ...config, credentials: ports.config.credentials } };
    const versions = { node: "v24", version: "1" };

    const before = await health(withConfig, versions, noSignal());
    await startRotations(slot, ports, noSignal());
    const after = await health({ ...withConfig, now: () => new Date(late.getTime() + 60_000) }, versions, noSignal());

    const nothing = { recoveredAgeSeconds: null, startedAgeSeconds: null, begun: 0, waiting: 0, unread: 0 };
    expect(before).toMatchObject({ status: "neverScanned", rotation: nothing });
    expect(after.rotation).toEqual({ ...nothing, startedAgeSeconds: 60, begun: 1, unread: 1 });
  });
});
