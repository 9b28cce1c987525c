import { beforeEach, describe, expect, it } from "@jest/globals";
import type { ServerState } from "../../../shared/local/emulator/azureState.ts";
import type { TickReport } from "../../../shared/rotate/tickReport.ts";
import { cutPorts } from "../../rotate/faultHarness.ts";
import { notMended, settle } from "./cutRotation.ts";
import { rotationUnderTest, type Subject } from "./rotationUnderTest.ts";
import { broken, openVersions, publishedLogsIn, versionsOf } from "./storedLogins.ts";

const under = rotationUnderTest([17]);

function admin(): Subject {
  return under.subject("admin", 17);
}

function arm(): ServerState {
  const server = under.local().state.servers.get(admin().server.id);
  if (server === undefined) throw new Error("The server is not in Azure.");
  return server;
}

function behaviour() {
  return under.local().state.behaviour;
}

/** What the vault holds, to see that a value is sent again and not made anew. */
function pending(): readonly string[] {
  return versionsOf(under.local().state, "admin-17--next").map(({ version }) => version);
}

async function rotateWith(at: string, change: () => void): Promise<TickReport> {
  const worker = cutPorts(under.ports(), {
    around(moment, _effect, name) {
      if (moment === "before" && name === at) change();
      return Promise.resolve();
    },
  });
  return await under.tick(admin(), "rotateNow", worker.ports);
}

function codes({ remarks }: TickReport): readonly string[] {
  return remarks.map(({ code }) => code);
}

beforeEach(async () => {
  await settle(under, admin());
}, 30_000);

it("40. a replica's administrator is left alone", async () => {
  arm().body.properties.replicationRole = "AsyncReplica";
  const before = pending();
  const report = await under.tick(admin(), "rotateNow");
  arm().body.properties.replicationRole = "Primary";

  expect([report.state, codes(report), report.intent]).toEqual(["refused", ["ARM_REFUSED"], null]);
  expect(pending()).toEqual(before);
  expect(await notMended(under, admin())).toEqual([]);
}, 30_000);

it("42. success without effect, with password authentication off, keeps the rotation open and tells it", async () => {
  const { authConfig } = arm().body.properties;
  const report = await rotateWith("administration.submitPassword", () => {
    authConfig.passwordAuth = "Disabled";
  });
  const consumers = await publishedLogsIn(admin(), under.local().state);
  const off = await under.tick(admin(), "recover");
  authConfig.passwordAuth = "Enabled";
  const before = pending();
  const on = await under.tick(admin(), "recover");

  expect([report.state, codes(report)]).toEqual(["open", ["ARM_NOOP"]]);
  expect(consumers).toBe(true);
  expect([off.state, codes(off)]).toEqual(["open", ["PASSWORD_AUTHENTICATION_OFF"]]);
  expect(on).toMatchObject({ state: "recovered", intent: null, published: { logsIn: true } });
  expect(pending()).toEqual(before);
}, 30_000);

describe("43. a server that is busy", () => {
  it.each(["Updating", "Stopped", "Starting", "Dropping"])(
    "begins no rotation: %s",
    async (state) => {
      arm().body.properties.state = state;
      const report = await under.tick(admin(), "rotateNow");
      arm().body.properties.state = "Ready";

      expect([report.state, codes(report), report.intent]).toEqual(["unknown", ["ARM_BUSY"], null]);
      expect(await notMended(under, admin())).toEqual([]);
    },
    30_000,
  );

  it.each(["Updating", "Stopped"])(
    "after the value was stored leaves it to the next tick: %s",
    async (state) => {
      const report = await rotateWith("administration.submitPassword", () => {
        arm().body.properties.state = state;
      });
      arm().body.properties.state = "Ready";
      const before = pending();
      const next = await under.tick(admin(), "recover");

      expect([report.state, codes(report)]).toEqual(["open", ["ARM_BUSY"]]);
      expect(next).toMatchObject({ state: "recovered", intent: null, published: { logsIn: true } });
      expect(pending()).toEqual(before);
    },
    30_000,
  );
});

describe("44. an operation", () => {
  it("that fails after it was accepted is begun again with the same value", async () => {
    behaviour().operationFailure = { code: "InternalServerError", message: "x" };
    const report = await under.tick(admin(), "rotateNow");
    behaviour().operationFailure = null;
    const before = pending();
    const next = await under.tick(admin(), "recover");

    expect([report.state, codes(report)]).toEqual(["open", ["ARM_REFUSED"]]);
    expect(next).toMatchObject({ state: "recovered", published: { logsIn: true } });
    expect(pending()).toEqual(before);
  }, 30_000);

  it("that cannot be asked after is proved by a login of the next tick", async () => {
    const path = /azureAsyncOperation/i;
    const mend = under.local().emulator.faults.add({ path, action: { kind: "status", status: 403 } });
    const report = await under.tick(admin(), "rotateNow");
    const faults = await broken(admin(), under.local().state);
    mend();

    expect(report.state).toBe("open");
    expect(faults).toEqual([]);
    expect(await notMended(under, admin())).toEqual([]);
  }, 30_000);

  it("whose address is not given is waited for by way of the server", async () => {
    behaviour().namesOperation = false;
    const report = await under.tick(admin(), "rotateNow");
    behaviour().namesOperation = true;

    expect(report).toMatchObject({ state: "rotated", published: { logsIn: true } });
  }, 30_000);

  it("that takes longer than the function is left open, and found done", async () => {
    behaviour().pollsUntilDone = 1_000_000;
    const report = await under.tick(admin(), "rotateNow");
    behaviour().pollsUntilDone = 1;
    const before = pending();
    const next = await under.tick(admin(), "recover");

    expect([report.state, codes(report)]).toEqual(["open", ["DEADLINE"]]);
    expect(next).toMatchObject({ state: "recovered", intent: null, published: { logsIn: true } });
    expect(pending()).toEqual(before);
  }, 60_000);
});

it("45. a password that begins to work half a minute after success is waited for", async () => {
  behaviour().passwordDelayMs = 100; // waits take a three-hundredth of their time here
  const report = await under.tick(admin(), "rotateNow");
  behaviour().passwordDelayMs = 0;

  expect([report.state, codes(report)]).toEqual(["rotated", []]);
  expect(report.published).toMatchObject({ logsIn: true });
}, 30_000);

it("46. a value that Azure refuses is given up after three tries, while the published one logs in", async () => {
  const action = { kind: "status", status: 400, code: "PasswordNotComplex" } as const;
  const mend = under.local().emulator.faults.add({ method: "PATCH", path: "/flexibleservers/", action });
  const states: string[] = [];
  for (const wish of ["rotateNow", "recover", "recover", "recover"] as const)
    states.push((await under.tick(admin(), wish)).state);
  mend();

  expect(states).toEqual(["open", "open", "open", "recovered"]);
  expect(openVersions(under.local().state, admin().credential)).toEqual([]);
  expect(await publishedLogsIn(admin(), under.local().state)).toBe(true);
  expect((await under.tick(admin(), "rotateNow")).state).toBe("rotated");
}, 30_000);
