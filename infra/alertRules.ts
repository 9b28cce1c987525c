import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

const AlertRule = v.strictObject({
  /** Name of its query under infra/queries/alerts. */
  id: v.string(),
  title: v.string(),
  /** Critical, error, warning, informational. */
  severity: v.picklist([0, 1, 2, 3]),
  evaluationFrequency: v.picklist(["PT5M", "PT15M", "PT1H"]),
  /** The longest that there is: rows that were spooled come up to two days late. */
  windowSize: v.literal("P2D"),
  autoMitigate: v.boolean(),
  /** Column with the server that it is about; null: it is about the installation. */
  resourceIdColumn: v.nullable(v.literal("TargetResourceId")),
  /** At most six, which is what a rule takes. */
  dimensions: v.pipe(v.array(v.string()), v.maxLength(6)),
  /** What it means and what to do; a rule takes 4,096 characters. */
  description: v.pipe(v.string(), v.minLength(100), v.maxLength(4096)),
});
export type AlertRule = v.InferOutput<typeof AlertRule>;

/** infra/alerts.json: the one list of detections. @param root of the repository */
export function readAlertRules(root: string): readonly AlertRule[] {
  return v.parse(v.array(AlertRule), JSON.parse(readFileSync(join(root, "infra/alerts.json"), "utf8")));
}

export function readAlertQuery(root: string, id: string): string {
  return readFileSync(join(root, "infra/queries/alerts", `${id}.kql`), "utf8");
}
