import { beforeAll, expect, it } from "@jest/globals";
import { randomBytes, randomInt } from "node:crypto";
import { v7 } from "uuid";
import type { Credential } from "../../shared/model/credential.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { loginProbe } from "../../shared/postgres/loginProbe.ts";
import { rotatorDatabase } from "../../shared/postgres/rotatorDatabase.ts";
import { planRotation } from "../../shared/rotate/planRotation.ts";
import type { RotationPorts } from "../../shared/rotate/ports.ts";
import { statementText } from "../../shared/rotate/setup/setupStatement.ts";
import { tick } from "../../shared/rotate/tick.ts";
import { setUpCredential, type SetupResult } from "../../shared/runs/setUpCredential.ts";
import { describePostgres } from "../describePostgres.ts";
import { forever, host, leadTo, trust } from "../postgres/localTarget.ts";
import { credentialOf, DAY_MS, emptyState, portsOf, server as target } from "../rotate/rotationWorld.ts";

const token = new SecretValue("a-token-of-the-rotator-0123456789");
const rotator = 'the "rotator"';
const server = { ...target, host };

/** 63 bytes of what names may hold. */
const sixtyThree = `ü"' \\;-- $1 %I ${"ß".repeat(22)}abc`;

describePostgres("all", (major, getServer) => {
  beforeAll(async () => {
    trust(getServer().ca);
    // The service's own function; the real one also maps the role to its Entra principal.
    await getServer().asSuperuser((client) =>
      client.query(`
        create database orders;
      `),
    );
    await getServer().asSuperuser(async (client) => {
      const grant =
        major >= 16
          ? "execute format('grant %I to %I with admin true, inherit false, set false', name, session_user);"
          : "";
      await client.query(`grant create on database postgres to azure_pg_admin;
        create function pg_catalog.pgaadauth_create_principal(name text, isadmin boolean, ismfa boolean) returns text
          language plpgsql security definer as $$
          begin
            execute format('create role %I login password %L', name, '${token.reveal()}');
            ${grant}
            return name;
          end $$;
        grant usage on schema pg_catalog to public`);
    });
  });

  function asAdministrator() {
    const { user, password } = getServer().administrator;
    return rotatorDatabase({
      role: user,
      password: () => Promise.resolve(password),
      hosts: leadTo(getServer().port),
    });
  }

  function asRotator() {
    const hosts = leadTo(getServer().port);
    return rotatorDatabase({ role: rotator, password: () => Promise.resolve(token), hosts });
  }

  function setUp(credential: Credential, apply = true, database = asAdministrator()): Promise<SetupResult> {
    const request = { credential, server, rotator, apply };
    return setUpCredential(request, { database, now: () => new Date() }, forever);
  }

  function rotationPorts(): { readonly ports: RotationPorts; readonly later: () => void } {
    const state = emptyState();
    state.nowMs = Date.now();
    const hosts = leadTo(getServer().port);
    const ports = {
      ...portsOf(state),
      database: asRotator(),
      logins: loginProbe({ hosts }),
      newRotationId: () => v7(),
      randomInt: (limit: number) => randomInt(limit),
      randomBytes: (size: number) => randomBytes(size),
    };
    return { ports, later: () => void (state.nowMs += 3 * DAY_MS) };
  }

  /** What preflight says, and how two rotations end. */
  async function prove(credential: Credential) {
    const { ports, later } = rotationPorts();
    const request = { credential, server, wish: "rotateNow" as const };
    const journal = { note: () => undefined, flush: () => Promise.resolve() };
    const plan = await planRotation(request, ports, forever);
    const first = await tick(request, ports, journal, forever);
    later();
    const second = await tick(request, ports, journal, forever);
    return { faults: plan.faults, hindered: plan.hindered, states: [first.state, second.state] };
  }

  const passes = { faults: [], hindered: false, states: ["rotated", "rotated"] };

  async function sql(text: string): Promise<void> {
    await getServer().asAdministrator((client) => client.query(text));
  }

  const strange = credentialOf("alternating", {
    name: "strange",
    owner: sixtyThree,
    roles: [`a ${sixtyThree.slice(2)}`, `B ${sixtyThree.slice(2)}`],
  });

  it("sets up an empty server so that preflight passes, with names that need every care", async () => {
    expect(Buffer.byteLength(sixtyThree)).toBe(63);

    const before = await setUp(strange, false);
    const first = await setUp(strange);
    const second = await setUp(strange);

    expect(before.statements.map(({ name }) => name).slice(0, 4)).toEqual([
      "owner.create",
      "role.create",
      "role.create",
      "owner.grant",
    ]);
    expect(first).toEqual({ ...before, applied: true, refused: major >= 16 ? ["rotator.stats"] : [] });
    expect(second.statements.map(({ name }) => name)).toEqual(major >= 16 ? ["rotator.stats"] : []);
    expect(await prove(strange)).toEqual(passes);
  });

  it("makes the missing role of a pair equal to the one that is there", async () => {
    await sql(`create role reader; create role keeper;
      create role model_a login noinherit connection limit 7 valid until '2099-01-01 00:00:00+00';
      grant reader to model_a; grant keeper to model_a with admin option;
      alter role model_a set search_path = "$user", "a ""b, c", public;
      alter role model_a set application_name = 'it''s a \\ test';
      alter role model_a in database postgres set work_mem = '5MB'`);
    const credential = credentialOf("alternating", { name: "model", owner: "model", roles: ["model_a", "model_b"] });

    const { faults, applied } = await setUp(credential);

    expect({ faults, applied }).toEqual({ faults: [], applied: true });
    expect(await prove(credential)).toEqual(passes);
  });

  it("prints what it would run: the same statements, run by hand, leave nothing to do", async () => {
    const credential = credentialOf("alternating", {
      name: "printed",
      owner: `p'\\ "ö`,
      roles: [`p'\\ "ö a`, `p'\\ "ö b`],
    });

    const { statements } = await setUp(credential, false);
    for (const statement of statements)
      await sql(statementText(statement)).catch((error: unknown) => {
        if (statement.optional !== true) throw error;
      });

    expect((await setUp(credential)).statements.filter(({ optional }) => optional !== true)).toEqual([]);
    expect(await prove(credential)).toEqual(passes);
  });

  it("refuses a pair that would differ, names each difference and changes nothing", async () => {
    await sql(`create role reporting;
      create role differ_a login connection limit 5; create role differ_b login connection limit 6;
      grant reporting to differ_b; alter role differ_a set work_mem = '5MB'`);
    const credential = credentialOf("alternating", {
      name: "differ",
      owner: "differ",
      roles: ["differ_a", "differ_b"],
    });

    const { faults, statements, applied } = await setUp(credential);

    expect({ statements, applied }).toEqual({ statements: [], applied: false });
    expect(faults.map(({ code, message }) => `${code} ${message}`)).toEqual([
      "PAIR_DRIFT Roles differ_a and differ_b differ in connection limit: 5 and 6.",
      "PAIR_DRIFT Roles differ_a and differ_b differ in settings: role=differ, work_mem=5MB and role=differ.",
      "PAIR_DRIFT Roles differ_a and differ_b differ in memberships: differ and differ, reporting.",
    ]);
    const { rowCount } = await getServer().asSuperuser((client) =>
      client.query("select from pg_roles where rolname = 'differ'"),
    );
    expect(rowCount).toBe(0);
  });

  it("refuses to pair a role whose objects the other could not use", async () => {
    await sql("create role alone_a login");
    await getServer().asSuperuser(
      (client) => client.query("create table belongings (id int); alter table belongings owner to alone_a"),
      "orders",
    );
    const credential = credentialOf("alternating", { name: "alone", owner: "alone", roles: ["alone_a", "alone_b"] });

    const { faults } = await setUp(credential);

    expect(faults).toMatchObject([
      {
        code: "PAIR_DRIFT",
        message: expect.stringContaining("that the other role of the pair does not share: 1 in orders."),
      },
    ]);
  });

  it("makes the single role of an application the owner of a pair, and lets it log in as long as it has to", async () => {
    await sql("create role app_before login");
    const credential = credentialOf("alternating", {
      name: "before",
      owner: "app_before",
      roles: ["app_before_a", "app_before_b"],
    });

    const { faults, remarks } = await setUp(credential);
    const proof = await prove(credential);

    expect({ faults, codes: remarks.map(({ code }) => code) }).toEqual({ faults: [], codes: ["PAIR_DRIFT"] });
    expect(proof).toEqual({ ...passes, faults: remarks });
  });

  it("lets the rotator set up what it may, and nothing that belongs to others", async () => {
    const own = credentialOf("alternating", { name: "own", owner: "own", roles: ["own_a", "own_b"] });
    const others = credentialOf("single", { name: "others", roles: ["of_others"] });
    await sql("create role of_others login");

    const made = await setUp(own, true, asRotator());
    const refused = await setUp(others, true, asRotator());

    expect({ faults: made.faults, applied: made.applied }).toEqual({ faults: [], applied: true });
    expect(await prove(own)).toEqual(passes);
    expect(refused.faults.map(({ code }) => code)).toEqual(major >= 16 ? ["RIGHT_MISSING"] : []);
  });
});
