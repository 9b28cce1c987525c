import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import type { Rows } from "./evaluate.ts";
import { ask, twice } from "./queries.ts";

const Alert = v.strictObject({
  id: v.string(),
  title: v.string(),
  severity: v.picklist([0, 1, 2, 3]),
  evaluationFrequency: v.picklist(["PT5M", "PT15M", "PT1H"]),
  windowSize: v.literal("P2D"),
  autoMitigate: v.boolean(),
  resourceIdColumn: v.nullable(v.string()),
  dimensions: v.pipe(v.array(v.string()), v.maxLength(6)),
  description: v.pipe(v.string(), v.minLength(100), v.maxLength(4096)),
});
export type Alert = v.InferOutput<typeof Alert>;

/** The rules of infra/alerts.json. */
export const alerts: readonly Alert[] = v.parse(
  v.array(Alert),
  JSON.parse(readFileSync(join(__dirname, "../../infra/alerts.json"), "utf8")),
);

/** When rules are evaluated in tests. */
export const now = new Date("2026-11-22T12:00:00.000Z");

interface Fires {
  readonly name: string;
  readonly rows: Rows;
  /** What each row of the result says, in any order. */
  readonly tells: readonly object[];
}

interface Silent {
  readonly name: string;
  readonly rows: Rows;
}

/**
 * Runs the query of a rule over rows that must fire it, and over some that look alike and must not. Rows that are
 * delivered twice change nothing.
 */
export function testAlert(
  id: string,
  { fires, silent }: { readonly fires: readonly [Fires, ...Fires[]]; readonly silent: readonly [Silent, ...Silent[]] },
): void {
  describe(id, () => {
    it.each(fires)("fires for $name", ({ rows, tells }) => {
      const { rows: found } = ask(`alerts/${id}`, rows, { now });

      expect(found).toHaveLength(tells.length);
      expect(found).toEqual(expect.arrayContaining(tells.map((row) => expect.objectContaining({ ...row }))));
      expect(ask(`alerts/${id}`, twice(rows), { now }).rows).toEqual(found);
    });

    it.each(silent)("is silent for $name", ({ rows }) => {
      expect(ask(`alerts/${id}`, rows, { now }).rows).toEqual([]);
      expect(ask(`alerts/${id}`, twice(rows), { now }).rows).toEqual([]);
    });
  });
}
