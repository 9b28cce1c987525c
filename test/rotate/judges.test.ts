import { describe, expect, it } from "@jest/globals";
import { judgeRole } from "../../shared/rotate/judgeRole.ts";
import { judgeSettings } from "../../shared/rotate/judgeSettings.ts";
import { pairDrift } from "../../shared/rotate/pairDrift.ts";
import type { RoleFacts } from "../../shared/rotate/roleFacts.ts";
import { credentialOf, DAY_MS } from "./rotationWorld.ts";

const now = new Date("2026-03-01T00:00:00Z");
const good: RoleFacts = {
  name: "app_a",
  canLogIn: true,
  privileged: false,
  connectionLimit: -1,
  validUntil: null,
  expired: false,
  attributes: "I",
  settings: ["role=app"],
  databaseSettings: [],
  memberOf: ["app"],
  databaseExists: true,
  mayConnect: true,
  manageable: true,
  rotator: "rotator",
};

describe("a role", () => {
  it.each([
    ["nothing", {}, []],
    ["NOLOGIN", { canLogIn: false }, ["ROLE_CANNOT_LOG_IN"]],
    ["a limit of no connections", { connectionLimit: 0 }, ["ROLE_CANNOT_LOG_IN"]],
    ["superuser", { privileged: true }, ["ROLE_PRIVILEGED"]],
    ["no CONNECT", { mayConnect: false }, ["DATABASE_REFUSED"]],
    ["no database", { databaseExists: false, mayConnect: false }, ["DATABASE_REFUSED"]],
    ["VALID UNTIL before the next rotation", { validUntil: "2026-03-20T00:00:00Z" }, ["ROLE_EXPIRED"]],
    ["VALID UNTIL after it", { validUntil: "2026-05-20T00:00:00Z" }, []],
  ] as const)("is judged by %s", (_name, change, codes) => {
    const faults = judgeRole({ ...good, ...change }, "app_a", credentialOf("single"), now);

    expect(faults.map(({ code }) => code)).toEqual(codes);
    expect(faults.every(({ remedy }) => remedy !== null && remedy.length > 10)).toBe(true);
  });
});

describe("settings", () => {
  it.each([
    ["a replica", { in_recovery: "on" }, ["DATABASE_IN_RECOVERY"], []],
    ["29. md5 only", { "azure.accepted_password_auth_method": "md5" }, ["SCRAM_NOT_ACCEPTED"], []],
    ["both methods", { "azure.accepted_password_auth_method": "md5,scram-sha-256" }, [], []],
    ["28. credcheck", { "credcheck.encrypted_password_allowed": "off" }, ["VERIFIER_REFUSED"], []],
    [
      "28. credcheck that exempts the role",
      { "credcheck.encrypted_password_allowed": "off", "credcheck.whitelist": "x,app_a" },
      [],
      [],
    ],
    ["a forced VALID UNTIL", { "credcheck.password_valid_until": "60" }, ["DATABASE_REFUSED"], []],
    ["logged statements", { log_statement: "ddl", "pgaudit.log": "role, ddl" }, [], Array(2).fill("STATEMENTS_LOGGED")],
  ] as const)("are judged: %s", (_name, settings, faults, remarks) => {
    const found = judgeSettings(new Map(Object.entries(settings)), "app_a", credentialOf("single"));

    expect(found.faults.map(({ code }) => code)).toEqual(faults);
    expect(found.remarks.map(({ code }) => code)).toEqual(remarks);
  });

  it("28. may force VALID UNTIL where the credential sets it", () => {
    const credential = credentialOf("single", { validForMs: 90 * DAY_MS });

    expect(judgeSettings(new Map([["credcheck.password_valid_until", "60"]]), "app_a", credential).faults).toEqual([]);
  });
});

describe("a pair", () => {
  const other = { ...good, name: "app_b" };

  it.each([
    ["is equal", {}, 0],
    ["differs in memberships", { memberOf: [] }, 1],
    ["differs in settings and owner", { settings: [] }, 2],
    ["differs in connection limit", { connectionLimit: 5 }, 1],
    ["differs in settings by database", { databaseSettings: ["orders=work_mem=1MB"] }, 1],
  ])("%s", (_name, change, count) => {
    const drift = pairDrift([good, { ...other, ...change }], credentialOf("alternating"), true);

    expect(drift.map(({ code }) => code)).toEqual(Array(count).fill("PAIR_DRIFT"));
  });

  it("needs an owner", () => {
    expect(pairDrift([good, other], credentialOf("alternating"), false)).toHaveLength(1);
  });
});
