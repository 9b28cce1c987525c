import { expect, it } from "@jest/globals";
import type pg from "pg";
import type { CatalogSectionName, DatabaseCollector, SqlCollector } from "../../shared/collect/collector.ts";
import { collected } from "../../shared/collect/section.ts";
import type { Control } from "../../shared/controls/control.ts";
import { diffSnapshots } from "../../shared/diff/diffSnapshots.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import { uncomparedParts } from "../../shared/diff/uncomparedParts.ts";
import { evaluatePosture } from "../../shared/evaluate/evaluatePosture.ts";
import type { PostgresServer } from "../../shared/local/postgresServer.ts";
import type { Snapshot } from "../../shared/model/drift.ts";
import type { Finding } from "../../shared/model/finding.ts";
import type { Policy } from "../../shared/model/policy.ts";
import type { Posture } from "../../shared/model/posture.ts";
import type { DatabaseSectionName, Sections } from "../../shared/model/section.ts";
import { database, databaseFacts, policy as defaultPolicy, posture, serverFacts, serverRef } from "../builders.ts";

/** A collector of any section of the server or of a database: what it parses goes into the section that it names. */
export type AnyCollector =
  | { readonly [S in CatalogSectionName]: SqlCollector<S> }[CatalogSectionName]
  | { readonly [S in DatabaseSectionName]: DatabaseCollector<S> }[DatabaseSectionName];

/** The database that all phases run in: the first part of the subjects of a control of databases. */
const databaseName = "postgres";

interface Phases {
  readonly policy?: Policy;
  /** Sections that no collector of the test reads, such as credentials. */
  readonly sections?: Partial<Sections>;
  /** The state after `baseline` is the approved one, which the later phases drift from. */
  readonly isDrift?: boolean;
  /** A compliant state; nothing fails. */
  readonly baseline: string;
  /** What a careless control would take for the violation; still nothing fails. */
  readonly lookAlike: string;
  readonly violation: string;
  /** Exactly the subjects that fail after the violation. */
  readonly subjects: readonly string[];
  /** Values for the placeholders of the control's own SQL remediation, once per run of it; then nothing fails. */
  readonly remediation: readonly Readonly<Record<string, string>>[];
  /** What the documented SQL leaves to the reader: the way back for drift that took something away. */
  readonly restore?: string;
}

/**
 * The truth of a control on a real server: its collectors read the catalogs after each of four phases, as superuser in
 * one transaction that is rolled back. The remediation that runs is the documented one.
 */
export function testPhases(
  getServer: () => PostgresServer,
  control: Control,
  collectors: readonly AnyCollector[],
  {
    policy = defaultPolicy(),
    sections: given = {},
    isDrift = false,
    baseline,
    lookAlike,
    violation,
    subjects,
    remediation,
    restore = "",
  }: Phases,
): void {
  it(`${control.meta.id} tells the violation from its look-alike, and its remediation helps`, async () => {
    const server = getServer();
    const failed = await server.asSuperuser(async (client) => {
      let approved: Snapshot | undefined;
      async function failedAfter(sql: string): Promise<readonly string[]> {
        if (sql !== "") await client.query(sql);
        const posture = await observe(client, server, collectors, given);
        if (isDrift) approved ??= snapshotOf(posture);
        return failedSubjects(evaluate(posture, control, policy, approved));
      }

      await client.query("begin");
      const phases = {
        baseline: await failedAfter(baseline),
        lookAlike: await failedAfter(lookAlike),
        violation: await failedAfter(violation),
        remediation: await failedAfter([...remediation.map((values) => filled(control, values)), restore].join("\n")),
      };
      await client.query("rollback");
      return phases;
    });

    expect(failed).toEqual({ baseline: [], lookAlike: [], violation: [...subjects].sort(), remediation: [] });
  });
}

/** Judges one control on what its collectors read over this connection. Nothing may stay unknown. */
export async function judge(
  client: pg.Client,
  server: PostgresServer,
  control: Control,
  collectors: readonly AnyCollector[],
  policy: Policy,
): Promise<readonly Finding[]> {
  return evaluate(await observe(client, server, collectors, {}), control, policy, undefined);
}

async function observe(
  client: pg.Client,
  server: PostgresServer,
  collectors: readonly AnyCollector[],
  given: Partial<Sections>,
): Promise<Posture> {
  const sections: Record<string, unknown> = {
    ...given,
    server: collected([serverFacts({ administratorLogin: server.administrator.user })]),
    databases: collected([databaseFacts(databaseName)]),
  };
  const inDatabase: Record<string, unknown> = {};
  for (const { section, scope, sql, parse } of collectors) {
    const { rows } = await client.query<Record<string, unknown>>(sql(server.major));
    (scope === "server" ? sections : inDatabase)[section] = collected<unknown>(parse(rows));
  }
  return posture(sections, serverRef(), [database(databaseName, inDatabase)]);
}

/** @param approved the baseline in force; undefined: none */
function evaluate(
  observed: Posture,
  control: Control,
  policy: Policy,
  approved: Snapshot | undefined,
): readonly Finding[] {
  const context = { comparison: "baseline", serverId: observed.server.id } as const;
  const now = snapshotOf(observed);
  const drift =
    approved === undefined
      ? null
      : { drifts: diffSnapshots(approved, now, context), uncompared: uncomparedParts(approved, now) };
  const findings = evaluatePosture(observed, [control], policy, { firewallRules: {} }, drift);
  expect(findings.filter(({ outcome }) => outcome === "unknown" || outcome === "notApplicable")).toEqual([]);
  return findings;
}

export function failedSubjects(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ outcome, subject }) => (outcome === "fail" ? [subject] : [])).sort();
}

/**
 * The documented SQL with `"<role>"` and `'<role>'` replaced by quoted values, `<oid>` by the value as it is; a
 * forgotten placeholder in quotes fails, one without quotes is an error of syntax.
 */
export function filled({ meta }: Control, values: Readonly<Record<string, string>>): string {
  const { sql } = meta.remediation;
  if (sql === undefined) throw new Error(`Control ${meta.id} documents no SQL remediation.`);
  const text = Object.entries(values).reduce(
    (left, [name, value]) =>
      left
        .replaceAll(`"<${name}>"`, () => `"${value.replaceAll('"', '""')}"`)
        .replaceAll(`'<${name}>'`, () => `'${value.replaceAll("'", "''")}'`)
        .replaceAll(`<${name}>`, () => value),
    sql,
  );
  const forgotten = /["']<[^>]*>["']/.exec(text);
  if (forgotten !== null) throw new Error(`Placeholder ${forgotten[0]} of control ${meta.id} has no value.`);
  return text;
}
