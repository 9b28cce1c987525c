import { describe, expect, it } from "@jest/globals";
import type { Credential } from "../../shared/model/credential.ts";
import { isTryDue, type ReplacedProof, tryReplaced } from "../../shared/rotate/replacedSecret.ts";
import type { LoginProbe, RotationPorts } from "../../shared/rotate/ports.ts";
import { RotationError } from "../../shared/rotate/rotationError.ts";
import type { RotationState } from "../fakes/rotationState.ts";
import { credentialOf, DAY_MS, emptyState, portsOf, server, settledState, tickAfter } from "./rotationWorld.ts";

/** Ports that keep who logged in; every password that is tried counts toward a ban. */
function watched(state: RotationState): { readonly ports: RotationPorts; readonly users: string[] } {
  const ports = portsOf(state);
  const users: string[] = [];
  const logins: LoginProbe = {
    login(target, pair, database, signal) {
      users.push(pair.user);
      return ports.logins.login(target, pair, database, signal);
    },
  };
  return { ports: { ...ports, logins }, users };
}

function tryIt(credential: Credential, ports: RotationPorts): Promise<ReplacedProof | null> {
  return tryReplaced(credential, server, ports, new AbortController().signal);
}

function versionOf(number: number): string {
  return String(number).padStart(32, "0");
}

/** Gives a role the password of a published version again. */
function resurrect(state: RotationState, credential: Credential, role: string, verifier: string): void {
  const known = state.roles.get(role);
  if (known === undefined) throw new Error(`${credential.name} has no role ${role}.`);
  known.verifier = verifier;
}

function verifierOf(state: RotationState, role: string): string {
  return state.roles.get(role)?.verifier ?? "";
}

describe("tryReplaced", () => {
  it("finds the password before the published one of a single role refused, by one login", async () => {
    const credential = credentialOf("single");
    const state = await settledState(credential);
    const { ports, users } = watched(state);

    const proof = await tryIt(credential, ports);

    expect(proof).toEqual({
      version: versionOf(1),
      published: versionOf(2),
      outcome: "refused",
      detail: null,
      at: new Date(state.nowMs).toISOString(),
    });
    expect(users).toEqual(["app_a"]);
  });

  it("finds one that was set again by hand", async () => {
    const credential = credentialOf("single");
    const state = emptyState();
    await tickAfter(state, credential, "rotateNow");
    const first = verifierOf(state, "app_a");
    await tickAfter(state, credential, "rotateNow", 3 * DAY_MS);
    resurrect(state, credential, "app_a", first);

    expect(await tryIt(credential, portsOf(state))).toMatchObject({ version: versionOf(1), outcome: "accepted" });
  });

  it("leaves the other role of a pair alone, which works on purpose, and judges the one before it", async () => {
    const credential = credentialOf("alternating");
    const state = await settledState(credential);
    const early = await tryIt(credential, portsOf(state));
    await tickAfter(state, credential, "rotateNow", 3 * DAY_MS);
    const { ports, users } = watched(state);

    const proof = await tryIt(credential, ports);

    expect(early).toMatchObject({ version: null, published: versionOf(2) });
    expect(proof).toMatchObject({ version: versionOf(1), published: versionOf(3), outcome: "refused" });
    expect(users).toEqual(["app_a"]);
  });

  it("does not take a password that was published once more for a replaced one", async () => {
    const credential = credentialOf("single");
    const state = await settledState(credential);
    const restored = verifierOf(state, "app_a");
    state.ledger?.clear();
    resurrect(state, credential, "app_a", restored.replace(/:.*/, ":AAAA:BBBB"));
    await tickAfter(state, credential, "recover");

    // Generation 3 holds the password of generation 2, so that of generation 1 is the replaced one.
    expect(await tryIt(credential, portsOf(state))).toMatchObject({ version: versionOf(1), outcome: "refused" });
  });

  it("tries nothing where refused logins lead to a ban, or where nobody knows", async () => {
    const credential = credentialOf("single");
    const state = await settledState(credential);
    state.settings.set("credcheck.max_auth_failure", "3");
    const { ports, users } = watched(state);
    const unreachable = {
      ...ports,
      database: {
        open: () => Promise.reject(new RotationError("No way.", { code: "DATABASE_UNREACHABLE", effect: "none" })),
      },
    };

    expect(await tryIt(credential, ports)).toMatchObject({
      outcome: "untried",
      detail: "credcheck bans a role after 3 refused logins (credcheck.max_auth_failure).",
    });
    expect(await tryIt(credential, unreachable)).toMatchObject({
      outcome: "untried",
      detail: "Whether refused logins lead to a ban is not known: No way.",
    });
    expect(users).toEqual([]);
    state.settings.set("credcheck.max_auth_failure", "0");
    expect(await tryIt(credential, ports)).toMatchObject({ outcome: "refused" });
  });

  it("cannot try a version that somebody disabled", async () => {
    const credential = credentialOf("single");
    const state = await settledState(credential);
    const [first] = state.vault.get(credential.published.name)?.versions ?? [];
    if (first !== undefined) first.enabled = false;
    const { ports, users } = watched(state);

    expect(await tryIt(credential, ports)).toMatchObject({ version: versionOf(1), outcome: "untried" });
    expect(users).toEqual([]);
  });

  it("knows nothing of what was not rotated, or is not there", async () => {
    const credential = credentialOf("single");
    const state = emptyState();
    const before = await tryIt(credential, portsOf(state));
    await tickAfter(state, credential, "rotateNow");

    expect(before).toBeNull();
    expect(await tryIt(credential, portsOf(state))).toMatchObject({ version: null, outcome: "untried" });
  });

  it("takes a refusal that asked for no password for nothing learned", async () => {
    const credential = credentialOf("single");
    const ports = portsOf(await settledState(credential));
    const banned = { login: () => Promise.resolve({ state: "rejected", sqlState: "28000" } as const) };
    const silent = { login: () => Promise.resolve({ state: "unanswered", detail: "It timed out." } as const) };

    expect(await tryIt(credential, { ...ports, logins: banned })).toMatchObject({
      outcome: "untried",
      detail: "The server asked for no password (28000).",
    });
    expect(await tryIt(credential, { ...ports, logins: silent })).toMatchObject({
      outcome: "untried",
      detail: "It timed out.",
    });
  });
});

describe("isTryDue", () => {
  const at = "2026-11-22T06:00:00.000Z";
  const refused: ReplacedProof = { version: "v1", published: "v2", outcome: "refused", detail: null, at };

  function hoursLater(hours: number): Date {
    return new Date(Date.parse(at) + hours * 3600_000);
  }

  it.each([
    ["nothing is known", null, 0, true],
    ["another version is published", { ...refused, published: "v1" }, 0, true],
    ["it was refused an hour ago", refused, 1, false],
    ["it was refused a day ago", refused, 24, true],
    ["it was accepted an hour ago", { ...refused, outcome: "accepted" } as const, 1, true],
    ["it could not be tried just now", { ...refused, outcome: "untried" } as const, 0.9, false],
    [
      "nothing was replaced yet, and nothing is new",
      { ...refused, version: null, outcome: "untried" } as const,
      2,
      false,
    ],
  ])("when %s", (_when, known, hours, due) => {
    expect(isTryDue(known, "v2", hoursLater(hours))).toBe(due);
  });
});
