import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readAlertRules } from "../../infra/alertRules.ts";
import type { Rows } from "./evaluate.ts";
import { ask, twice } from "./queries.ts";

/** The rules of infra/alerts.json. */
export const alerts = readAlertRules(join(__dirname, "../.."));

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
