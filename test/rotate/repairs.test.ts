import { describe, expect, it } from "@jest/globals";
import type { Credential } from "../../shared/model/credential.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { planRotation } from "../../shared/rotate/planRotation.ts";
import { RotationError } from "../../shared/rotate/rotationError.ts";
import { parsePublished } from "../../shared/rotate/secretContent.ts";
import { scramVerifier } from "../../shared/rotate/scramVerifier.ts";
import { matches, type FakeVersion, type RotationState } from "../fakes/rotationState.ts";
import { cutPorts } from "./faultHarness.ts";
import { openVersions, publishedLogsIn } from "./invariants.ts";
import {
  credentialOf,
  DAY_MS,
  emptyState,
  portsOf,
  runTick,
  server,
  settledState,
  tickAfter,
} from "./rotationWorld.ts";

const salt = new Uint8Array(16).fill(9);

function setPassword(state: RotationState, role: string, password: string): void {
  const found = state.roles.get(role);
  if (found === undefined) throw new Error(`There is no role ${role}.`);
  found.verifier = scramVerifier(new SecretValue(password), salt);
}

function versionsOf(state: RotationState, name = "orders-app"): FakeVersion[] {
  const versions = state.vault.get(name)?.versions;
  if (versions === undefined) throw new Error(`There is no secret ${name}.`);
  return versions;
}

/** Somebody writes a version by hand: without our tags. */
function writeByHand(state: RotationState, value: string): void {
  const secret = state.vault.get("orders-app") ?? { versions: [], state: "live" };
  secret.versions.push({
    version: `hand${secret.versions.length}`.padStart(32, "0"),
    value,
    contentType: null,
    tags: {},
    enabled: true,
    createdAt: new Date(state.nowMs).toISOString(),
    expiresAt: null,
  });
  state.vault.set("orders-app", secret);
}

function passwordIn(version: FakeVersion | undefined): string {
  const pair = version === undefined ? null : parsePublished(new SecretValue(version.value), null);
  return pair?.password.reveal() ?? "";
}

describe("an import", () => {
  it.each([
    ["JSON", JSON.stringify({ username: "app_a", password: "known 1%" })],
    ["JSON with user", JSON.stringify({ user: "app_a", password: "known 1%" })],
    ["a URI", "postgresql://app_a:known%201%25@orders.postgres.database.azure.com/orders"],
    ["a bare password", "known 1%"],
  ])("adopts what logs in without rotating it: %s", async (_name, value) => {
    const credential = credentialOf("single");
    const state = emptyState();
    setPassword(state, "app_a", "known 1%");
    writeByHand(state, value);
    const before = structuredClone(state.roles);

    const report = await tickAfter(state, credential, "recover");
    const next = await tickAfter(state, credential, "rotateIfDue");

    expect(report).toMatchObject({
      state: "imported",
      remarks: [],
      published: { logsIn: true, key: { generation: 1 } },
    });
    expect(next.state).toBe("healthy");
    expect(state.roles).toEqual(before);
    expect(versionsOf(state)).toMatchObject([{ value, tags: { "pgwarden-gen": "1", "pgwarden-user": "app_a" } }]);
    expect(state.ledger?.get("orders-app")).toMatchObject({ generation: 1, role: "app_a" });
  });

  it("tells a wrong value, and replaces it only when asked", async () => {
    const credential = credentialOf("single", { outOfBand: "rotate" });
    const state = emptyState();
    writeByHand(state, JSON.stringify({ username: "app_a", password: "wrong" }));

    const told = await tickAfter(state, credential, "recover");
    const asked = await tickAfter(state, credential, "rotateNow");

    expect(told).toMatchObject({ state: "broken", remarks: [{ code: "LOGIN_REFUSED" }] });
    expect(asked).toMatchObject({ state: "repaired", published: { logsIn: true } });
  });

  it("refuses the login of a role that is not the credential's", async () => {
    const state = emptyState();
    setPassword(state, "app_b", "known");
    writeByHand(state, JSON.stringify({ username: "app_b", password: "known" }));

    const report = await tickAfter(state, credentialOf("single"), "recover");

    expect(report).toMatchObject({ state: "refused", remarks: [{ code: "CREDENTIAL_CHANGED" }] });
    expect(versionsOf(state)[0]?.tags).toEqual({});
  });
});

describe.each(["alternating", "single"] as const)(
  "a published secret of strategy %s that does not log in",
  (strategy) => {
    const credential = credentialOf(strategy);

    it("is given back to a database that was restored to before it", async () => {
      const state = await settledState(credential);
      const older = structuredClone({ roles: state.roles, ledger: state.ledger });
      await tickAfter(state, credential, "rotateNow");
      const published = versionsOf(state).at(-1);
      const retired = passwordIn(versionsOf(state).at(-2));
      Object.assign(state, older);

      const report = await tickAfter(state, credential, "recover");

      expect(report).toMatchObject({ state: "repaired", published: { logsIn: true, key: { generation: 4 } } });
      expect(passwordIn(versionsOf(state).at(-1))).toBe(passwordIn(published));
      const role = report.published?.user ?? "";
      expect(matches(state.roles.get(role)?.verifier ?? null, retired)).toBe(false);
      expect(state.ledger?.get("orders-app")?.generation).toBe(4);
    });

    it("is told when the password was changed by hand", async () => {
      const state = await settledState(credential);
      const role = String(versionsOf(state).at(-1)?.tags["pgwarden-user"]);
      setPassword(state, role, "by hand");

      const told = await tickAfter(state, credential, "recover");
      const asked = await tickAfter(state, credential, "rotateNow");

      expect(told).toMatchObject({ state: "broken", remarks: [{ code: "OUT_OF_BAND" }], intent: null });
      expect(asked).toMatchObject({ state: "repaired", published: { user: role, logsIn: true } });
    });

    it("is replaced at once where the policy says so", async () => {
      const rotating = { ...credential, outOfBand: "rotate" as const };
      const state = await settledState(rotating);
      setPassword(state, String(versionsOf(state).at(-1)?.tags["pgwarden-user"]), "by hand");

      const report = await tickAfter(state, rotating, "recover");

      expect(report).toMatchObject({ state: "repaired", published: { logsIn: true, key: { generation: 3 } } });
    });

    it("is left alone when the role is gone or has expired: no password would help", async () => {
      const state = await settledState(credential);
      const role = String(versionsOf(state).at(-1)?.tags["pgwarden-user"]);
      const found = state.roles.get(role);
      if (found !== undefined) found.validUntil = "2026-01-01T00:00:00Z";

      const expired = await tickAfter(state, { ...credential, outOfBand: "rotate" }, "recover");
      state.roles.delete(role);
      const missing = await tickAfter(state, { ...credential, outOfBand: "rotate" }, "recover");

      expect(expired).toMatchObject({ state: "broken", remarks: [{ code: "ROLE_EXPIRED" }] });
      expect(missing).toMatchObject({ state: "broken", remarks: [{ code: "ROLE_MISSING" }] });
    });

    it("gives way to the ledger's when somebody wrote a wrong one by hand", async () => {
      const state = await settledState(credential);
      const good = passwordIn(versionsOf(state).at(-1));
      writeByHand(state, JSON.stringify({ username: "app_a", password: "wrong" }));

      const report = await tickAfter(state, credential, "recover");

      expect(report).toMatchObject({ state: "repaired", published: { logsIn: true, key: { generation: 2 } } });
      expect(passwordIn(versionsOf(state).at(-1))).toBe(good);
    });
  },
);

describe("the published secret of a role", () => {
  const credential = credentialOf("single");

  it("is adopted when somebody wrote a good one by hand", async () => {
    const state = await settledState(credential);
    setPassword(state, "app_a", "by hand");
    writeByHand(state, JSON.stringify({ username: "app_a", password: "by hand" }));

    const report = await tickAfter(state, credential, "recover");

    expect(report).toMatchObject({
      state: "imported",
      remarks: [{ code: "OUT_OF_BAND" }],
      published: { logsIn: true, key: { generation: 3 } },
    });
  });

  it("comes back when it was deleted, and so does an open rotation", async () => {
    const state = await settledState(credential);
    const died = cutPorts(portsOf(state), {
      cut: { effect: "sql transaction.commit", kind: "diesAfter" },
    });
    await runTick({ credential, wish: "rotateNow" }, died.ports).catch(() => undefined);
    for (const secret of state.vault.values()) secret.state = "deleted";

    const report = await tickAfter(state, credential, "recover");

    expect(report).toMatchObject({
      state: "repaired",
      published: { logsIn: true, key: { generation: 3 } },
      intent: null,
    });
  });

  it("is made again from the pending one when it was purged", async () => {
    const state = await settledState(credential);
    state.vault.delete("orders-app");

    const report = await tickAfter(state, credential, "recover");

    expect(report).toMatchObject({ state: "repaired", published: { logsIn: true, key: { generation: 2 } } });
  });

  it("is told when its newest version is disabled", async () => {
    const state = await settledState(credential);
    const newest = versionsOf(state).at(-1);
    if (newest !== undefined) newest.enabled = false;

    const report = await tickAfter(state, credential, "rotateNow");

    expect(report).toMatchObject({ state: "broken", remarks: [{ code: "SECRET_DISABLED" }] });
  });

  async function effectsOf(state: RotationState): Promise<readonly string[]> {
    const worker = cutPorts(portsOf(structuredClone(state)));
    await runTick({ credential, wish: "rotateNow" }, worker.ports);
    return worker.effects;
  }

  it("changes within one login and two requests after COMMIT", async () => {
    const effects = await effectsOf(await settledState(credential));

    const committed = effects.indexOf("sql transaction.commit");
    const published = effects.indexOf("secrets.write orders-app");

    expect(effects.slice(committed, published + 2)).toEqual([
      "sql transaction.commit",
      "logins.login",
      "lease.renew",
      "sql lock.ask",
      "secrets.write orders-app",
      "secrets.readLatest orders-app",
    ]);
  });

  it("is given back to the role when the vault stops taking writes after COMMIT", async () => {
    const state = await settledState(credential);
    const before = passwordIn(versionsOf(state).at(-1));
    const worker = cutPorts(portsOf(state), {
      around(moment, _effect, name) {
        if (moment === "after" && name === "sql transaction.commit") state.vaultMode = "readOnly";
        return Promise.resolve();
      },
    });

    const { report } = await runTick({ credential, wish: "rotateNow" }, worker.ports);
    const isBack = publishedLogsIn(state, credential);
    state.vaultMode = "ok";
    const next = await tickAfter(state, credential, "recover");

    expect(report).toMatchObject({ state: "open", remarks: [{ code: "VAULT_READ_ONLY" }] });
    expect(isBack).toBe(true);
    expect(next).toMatchObject({
      state: "recovered",
      published: { logsIn: true, key: { generation: 2 } },
      intent: null,
    });
    expect(passwordIn(versionsOf(state).at(-1))).toBe(before);
    expect(versionsOf(state, "orders-app--next").at(-1)?.tags["pgwarden-state"]).toBe("rolledback");
    expect((await tickAfter(state, credential, "rotateNow")).published?.key?.generation).toBe(5);
  });

  it("is not touched by a vault that refuses before anything was changed", async () => {
    const state = await settledState(credential);
    const before = structuredClone(state.roles);
    state.vaultMode = "denied";

    const report = await tickAfter(state, credential, "rotateNow");

    expect(report).toMatchObject({ state: "refused", remarks: [{ code: "VAULT_DENIED" }], intent: null });
    expect(state.roles).toEqual(before);
  });
});

describe("an alternating pair", () => {
  const credential = credentialOf("alternating");

  it("waits for its overlap and for sessions of the other role", async () => {
    const state = await settledState(credential);
    const user = String(versionsOf(state).at(-1)?.tags["pgwarden-user"]);
    const other = user === "app_a" ? "app_b" : "app_a";
    state.sessions = [{ role: other, application: "billing", client: "10.0.0.9" }];

    const used = await tickAfter(state, credential, "rotateNow");
    state.sessions = [];
    const rotated = await tickAfter(state, credential, "rotateNow");
    const early = await tickAfter(state, credential, "rotateNow", DAY_MS);

    expect(used).toMatchObject({ state: "postponed", remarks: [{ code: "STALE_CONSUMER" }], intent: null });
    expect(used.remarks[0]?.message).toBe(`Role ${other} is still in use by billing from 10.0.0.9 (1).`);
    expect(rotated).toMatchObject({ state: "rotated", published: { user: other } });
    expect(early).toMatchObject({ state: "postponed", remarks: [{ code: "STALE_CONSUMER" }] });
  });

  it("stays open, with consumers served, while the vault takes no writes", async () => {
    const state = await settledState(credential);
    const worker = cutPorts(portsOf(state), {
      around(moment, _effect, name) {
        if (moment === "after" && name === "sql transaction.commit") state.vaultMode = "readOnly";
        return Promise.resolve();
      },
    });

    const { report } = await runTick({ credential, wish: "rotateNow" }, worker.ports);
    const isServed = publishedLogsIn(state, credential);
    state.vaultMode = "ok";
    const next = await tickAfter(state, credential, "recover");

    expect(report).toMatchObject({ state: "open", remarks: [{ code: "VAULT_READ_ONLY" }] });
    expect(isServed).toBe(true);
    expect(next).toMatchObject({ state: "recovered", published: { logsIn: true, key: { generation: 3 } } });
  });

  it("runs an open rotation forward under another strategy, and when it is disabled", async () => {
    for (const change of [credentialOf("single"), { ...credential, enabled: false }]) {
      const state = await settledState(credential);
      const worker = cutPorts(portsOf(state), { cut: { effect: "sql transaction.begin", kind: "diesBefore" } });
      await runTick({ credential, wish: "rotateNow" }, worker.ports).catch(() => undefined);
      expect(openVersions(state, credential)).toHaveLength(1);

      const report = await tickAfter(state, change, "recover");

      expect(report).toMatchObject({
        state: "recovered",
        published: { logsIn: true, key: { generation: 3 } },
        intent: null,
      });
    }
  });
});

describe.each(["alternating", "single", "admin"] as const)("an open rotation of strategy %s", (strategy) => {
  const credential = credentialOf(strategy);

  async function openedState(): Promise<RotationState> {
    const state = await settledState(credential);
    const died = cutPorts(portsOf(state), { cut: { effect: "secrets.write orders-app--next", kind: "diesAfter" } });
    await runTick({ credential, wish: "rotateNow" }, died.ports).catch(() => undefined);
    expect(openVersions(state, credential)).toHaveLength(1);
    return state;
  }

  /** As it was stored before values named their server. */
  function forgetPlace(state: RotationState): void {
    const pending = versionsOf(state, "orders-app--next");
    const version = pending.pop();
    if (version === undefined) throw new Error("Nothing is pending.");
    const value = JSON.parse(version.value) as Record<string, unknown>;
    pending.push({ ...version, value: JSON.stringify({ ...value, server: undefined, secret: undefined }) });
  }

  const otherSecret = { vault: credential.published.vault, name: "orders-other" };
  const here = "https://consumers.vault.azure.net/secrets/orders-app";
  const there = "https://consumers.vault.azure.net/secrets/orders-other";

  it.each([
    ["another server", { server: "billing" }, false, "server orders", "server billing"],
    ["another server, by the tag of what is published", { server: "billing" }, true, "server orders", "server billing"],
    ["another secret", { published: otherSecret }, false, `secret ${here}`, `secret ${there}`],
  ] as const)("is applied nowhere once pgwarden.yaml names %s", async (_name, change, isOlder, begun, configured) => {
    const state = await openedState();
    if (isOlder) forgetPlace(state);
    const before = structuredClone({ vault: state.vault, roles: state.roles, ledger: state.ledger });

    const reports = [
      await tickAfter(state, { ...credential, ...change }, "recover"),
      await tickAfter(state, { ...credential, ...change }, "rotateNow"),
    ];
    const plan = await planRotation(
      { credential: { ...credential, ...change }, server, wish: "rotateNow" },
      portsOf(state),
      new AbortController().signal,
    );

    const version = versionsOf(state, "orders-app--next").at(-1)?.version ?? "";
    const remark = {
      code: "CREDENTIAL_CHANGED",
      message:
        `The open rotation of generation 3 was begun for ${begun}; pgwarden.yaml names ${configured}. ` +
        `Nothing was applied. Its value is version ${version} of orders-app--next.`,
      remedy: `Set orders-app in pgwarden.yaml back to ${begun}, run pgwarden recover, and change it then.`,
    };
    expect(reports.map(({ state: end, remarks }) => [end, remarks])).toEqual([
      ["open", [remark]],
      ["open", [remark]],
    ]);
    expect(plan).toMatchObject({ hindered: true, steps: [], faults: [remark] });
    expect({ vault: state.vault, roles: state.roles, ledger: state.ledger }).toEqual(before);
    expect(await tickAfter(state, credential, "recover")).toMatchObject({
      state: "recovered",
      published: { logsIn: true, key: { generation: 3 } },
      intent: null,
    });
  });

  it("whose value names neither server nor secret is run forward where it was begun", async () => {
    const state = await openedState();
    forgetPlace(state);

    expect(await tickAfter(state, { ...credential, server: "ORDERS" }, "recover")).toMatchObject({
      state: "recovered",
      published: { logsIn: true, key: { generation: 3 } },
    });
  });
});

describe("an open rotation whose role was dropped", () => {
  async function droppedState(credential: Credential): Promise<RotationState> {
    const state = await settledState(credential);
    const died = cutPorts(portsOf(state), { cut: { effect: "secrets.write orders-app--next", kind: "diesAfter" } });
    await runTick({ credential, wish: "rotateNow" }, died.ports).catch(() => undefined);
    const [open] = openVersions(state, credential);
    state.roles.delete((JSON.parse(open?.value ?? "{}") as { user: string }).user);
    return state;
  }

  it("is closed while consumers have another role, and makes room for the next", async () => {
    const credential = credentialOf("alternating");
    const state = await droppedState(credential);

    const closed = await tickAfter(state, credential, "recover");
    const next = await tickAfter(state, credential, "recover");
    const asked = await tickAfter(state, credential, "rotateNow");

    const dropped = ["app_a", "app_b"].find((role) => !state.roles.has(role)) ?? "";
    expect(closed).toMatchObject({
      state: "recovered",
      published: { logsIn: true, key: { generation: 2 } },
      intent: null,
      remarks: [
        {
          code: "ROLE_MISSING",
          message: `There is no role ${dropped} any more: its open rotation, generation 3, was never applied and is closed.`,
        },
      ],
    });
    expect(versionsOf(state, "orders-app--next").at(-1)?.tags["pgwarden-state"]).toBe("rolledback");
    expect(next).toMatchObject({ state: "healthy", remarks: [] });
    expect(asked).toMatchObject({ state: "refused", intent: null });
    expect(asked.remarks.map(({ code }) => code)).toContain("ROLE_MISSING");
  });

  it("stays open while it is the role that consumers have", async () => {
    const credential = credentialOf("single");

    const report = await tickAfter(await droppedState(credential), credential, "recover");

    expect(report).toMatchObject({ state: "open", intent: { key: { generation: 3 } } });
  });
});

describe("an administrator", () => {
  const credential = credentialOf("admin");

  it("keeps its rotation open when Azure reports success and changes nothing", async () => {
    const state = await settledState(credential);
    const worker = cutPorts(portsOf(state), {
      around(moment, _effect, name) {
        if (moment === "before" && name === "administration.submitPassword") state.arm.passwordAuthentication = false;
        return Promise.resolve();
      },
    });

    const { report } = await runTick({ credential, wish: "rotateNow" }, worker.ports);
    const off = await tickAfter(state, credential, "recover");
    state.arm.passwordAuthentication = true;
    const on = await tickAfter(state, credential, "recover");

    expect(report).toMatchObject({
      state: "open",
      remarks: [{ code: "ARM_NOOP" }],
      published: { key: { generation: 2 } },
    });
    expect(off).toMatchObject({ state: "open", remarks: [{ code: "PASSWORD_AUTHENTICATION_OFF" }] });
    expect(on).toMatchObject({ state: "recovered", published: { logsIn: true, key: { generation: 3 } } });
  });

  it("waits while the server is busy, and begins nothing on a replica", async () => {
    const state = await settledState(credential);
    state.arm.next = "busy";
    const busy = await tickAfter(state, credential, "rotateNow");
    state.arm.next = "succeeded";
    const recovered = await tickAfter(state, credential, "recover");
    state.arm.replicationRole = "AsyncReplica";
    const replica = await tickAfter(state, credential, "rotateNow");

    expect(busy).toMatchObject({ state: "open", remarks: [{ code: "ARM_BUSY" }] });
    expect(recovered).toMatchObject({ state: "recovered", published: { logsIn: true } });
    expect(replica).toMatchObject({ state: "refused", remarks: [{ code: "ARM_REFUSED" }], intent: null });
  });

  it("gives a value up that Azure refuses, while the published one logs in", async () => {
    const state = await settledState(credential);
    state.arm.next = "refused";
    const states: string[] = [];
    for (const wish of ["rotateNow", "recover", "recover", "recover"] as const) {
      states.push((await tickAfter(state, credential, wish)).state);
    }

    expect(states).toEqual(["open", "open", "open", "recovered"]);
    expect(openVersions(state, credential)).toEqual([]);
    expect(publishedLogsIn(state, credential)).toBe(true);
  });

  it("runs a failed operation again with the same value", async () => {
    const state = await settledState(credential);
    state.arm.next = "failed";
    const failed = await tickAfter(state, credential, "rotateNow");
    const pending = versionsOf(state, "orders-app--next").length;
    state.arm.next = "succeeded";
    const recovered = await tickAfter(state, credential, "recover");

    expect(failed).toMatchObject({ state: "open", remarks: [{ code: "ARM_REFUSED" }] });
    expect(recovered).toMatchObject({
      state: "recovered",
      published: { user: server.administratorLogin, logsIn: true },
    });
    expect(versionsOf(state, "orders-app--next")).toHaveLength(pending);
  });
});

describe("a tick", () => {
  const credential = credentialOf("single");

  it("leaves the rotation open when its time is up", async () => {
    const state = await settledState(credential);
    const ports = portsOf(state);
    const slow = cutPorts(ports, {
      around(moment, _effect, name) {
        if (moment === "after" && name === "sql transaction.commit") state.nowMs += 470_000;
        return Promise.resolve();
      },
    });

    const { report } = await runTick({ credential, wish: "rotateNow" }, slow.ports);
    const next = await tickAfter(state, credential, "recover");

    expect(report).toMatchObject({ state: "open", remarks: [{ code: "DEADLINE" }] });
    expect(next).toMatchObject({ state: "recovered", published: { key: { generation: 3 } } });
  });

  it("is busy while another worker holds the lease or the lock", async () => {
    const state = await settledState(credential);
    state.leases.set(credential.name, { holder: -1, endsAtMs: state.nowMs + DAY_MS });
    const leased = await tickAfter(state, credential, "rotateNow");
    state.leases.clear();
    state.locks.set(credential.name, -1);
    state.liveSessions.add(-1);
    const locked = await tickAfter(state, credential, "rotateNow");

    expect(leased).toMatchObject({ state: "busy", remarks: [], steps: [] });
    expect(locked).toMatchObject({ state: "busy", remarks: [], steps: [] });
  });

  it("begins nothing while a pending version cannot be read", async () => {
    const state = await settledState(credential);
    const newest = versionsOf(state, "orders-app--next").at(-1);
    if (newest !== undefined)
      versionsOf(state, "orders-app--next").push({
        ...newest,
        version: "f".repeat(32),
        value: "?",
        tags: { "pgwarden-state": "open" },
      });

    const report = await tickAfter(state, credential, "rotateNow");

    expect(report).toMatchObject({ state: "refused", remarks: [{ code: "SECRET_UNREADABLE" }] });
  });

  it("asks for the ledger when there is none", async () => {
    const state = await settledState(credential);
    state.ledger = null;

    const report = await tickAfter(state, credential, "rotateNow");

    expect(report).toMatchObject({ state: "refused", remarks: [{ code: "LEDGER_MISSING" }] });
  });

  it.each([
    ["published", "orders-app"],
    ["pending", "orders-app--next"],
  ])("remarks at a rotation that the %s secret has more than 400 versions", async (_which, name) => {
    const state = await settledState(credential);
    const versions = versionsOf(state, name);
    const [oldest] = versions;
    if (oldest === undefined) throw new Error("There is no version.");
    function fill(count: number): void {
      while (versions.length < count)
        versions.unshift({
          ...oldest,
          version: `old${versions.length}`.padStart(32, "0"),
          enabled: false,
        } as FakeVersion);
    }
    async function planned() {
      const request = { credential, server, wish: "rotateNow" as const };
      const { faults, hindered } = await planRotation(request, portsOf(state), new AbortController().signal);
      return { faults, hindered };
    }

    fill(400);
    const before = await planned();
    fill(401);
    const after = await planned();
    const report = await tickAfter(state, credential, "rotateNow");

    const remark = {
      code: "VERSIONS_MANY",
      message: `${name} has 401 versions; with more than 500 Key Vault cannot back it up.`,
      remedy: "Name another secret in pgwarden.yaml and have consumers read that one; a longer maxAge makes fewer.",
    };
    expect(before).toEqual({ faults: [], hindered: false });
    expect(after).toEqual({ faults: [remark], hindered: false });
    expect(report).toMatchObject({ state: "rotated", remarks: [remark] });
  });

  it("disables versions that are old, never those that are needed", async () => {
    const state = await settledState(credential);
    for (let count = 0; count < 7; count += 1) await tickAfter(state, credential, "rotateNow", DAY_MS);

    const enabled = versionsOf(state).map((version) => version.enabled);

    expect(enabled).toEqual([false, false, false, false, true, true, true, true, true]);
    expect((await tickAfter(state, credential, "recover")).state).toBe("healthy");
  });
});

describe("a close that the vault refuses", () => {
  it.each(["alternating", "single", "admin"] as const)("takes nothing back from consumers: %s", async (strategy) => {
    const credential = credentialOf(strategy);
    const state = await settledState(credential);
    const ports = portsOf(state);
    const secrets: typeof ports.secrets = {
      ...ports.secrets,
      async update(secret, version, change, signal) {
        if (change.tags["pgwarden-state"] === "done")
          throw new RotationError("The vault refuses.", { code: "VAULT_DENIED", effect: "none" });
        await ports.secrets.update(secret, version, change, signal);
      },
    };

    const { report } = await runTick({ credential, wish: "rotateNow" }, { ...ports, secrets });

    expect({ state: report.state, generation: report.intent?.key.generation }).toEqual({
      state: "open",
      generation: 3,
    });
    expect(versionsOf(state).at(-1)?.tags["pgwarden-gen"]).toBe("3");
    expect(publishedLogsIn(state, credential)).toBe(true);
    expect(await tickAfter(state, credential, "recover")).toMatchObject({
      state: "recovered",
      published: { logsIn: true, key: { generation: 3 } },
    });
  });
});
