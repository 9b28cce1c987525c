import { beforeAll, expect, it } from "@jest/globals";
import * as v from "valibot";
import { readAlertQuery, readAlertRules } from "../../infra/alertRules.ts";
import { describeBicep, repository } from "../describeBicep.ts";
import { queryNames, readQuery, savedFunctions } from "../kql/queries.ts";
import { evaluate, type Evaluated } from "./evaluated.ts";

const limitMs = 120_000;
const actionGroup =
  "/subscriptions/33333333-1111-1111-1111-111111111111/resourceGroups/obs/providers/Microsoft.Insights/actionGroups/oncall";

const parameters = `param location = 'westeurope'
param actionGroupIds = ['${actionGroup}']
param disabledAlerts = ['drift']
`;

const SavedSearch = v.object({
  functionAlias: v.string(),
  functionParameters: v.optional(v.string(), ""),
  query: v.string(),
});
const Workbook = v.object({
  items: v.array(
    v.object({
      type: v.number(),
      name: v.string(),
      content: v.looseObject({
        query: v.optional(v.string()),
        parameters: v.optional(v.array(v.object({ name: v.string(), query: v.optional(v.string()) }))),
      }),
    }),
  ),
});

describeBicep("alerts, saved functions and workbook of a deployment", (compiler) => {
  let deployment: Evaluated;
  beforeAll(async () => {
    deployment = await evaluate(compiler, parameters);
  }, limitMs);

  it("makes one rule for each detection, which tells of rows about a server on that server", () => {
    const rules = deployment.of("Microsoft.Insights/scheduledQueryRules");

    expect(deployment.faults).toEqual([]);
    for (const { id, severity, evaluationFrequency, resourceIdColumn, dimensions } of readAlertRules(repository)) {
      const rule = rules.find(({ name }) => name === `pgwarden-${id}`);

      expect(rule?.properties).toMatchObject({
        severity,
        enabled: id !== "drift",
        evaluationFrequency,
        windowSize: "P2D",
        autoMitigate: true,
        skipQueryValidation: true,
        actions: { actionGroups: [actionGroup] },
        criteria: {
          allOf: [
            {
              query: readAlertQuery(repository, id),
              timeAggregation: "Count",
              operator: "GreaterThan",
              threshold: 0,
              dimensions: dimensions.map((name) => ({ name, operator: "Include", values: ["*"] })),
              ...(resourceIdColumn !== null && { resourceIdColumn }),
            },
          ],
        },
      });
      // A rule takes 64 KB in all.
      expect(JSON.stringify(rule).length).toBeLessThan(16_000);
    }
    expect(rules).toHaveLength(readAlertRules(repository).length);
  });

  it("saves every function under the name that queries call it by", () => {
    const saved = deployment
      .of("Microsoft.OperationalInsights/workspaces/savedSearches")
      .map(({ properties }) => v.parse(SavedSearch, properties));
    const byName = new Map(saved.map((one) => [one.functionAlias, one]));

    for (const { name, parameters: declared } of savedFunctions)
      expect(byName.get(name)).toEqual({
        functionAlias: name,
        functionParameters: declared,
        query: readQuery(`functions/${name}`),
      });
    expect(byName.size).toBe(saved.length);
  });

  it("puts every query of the workbook where its answer is shown", () => {
    const { properties } = deployment.one("Microsoft.Insights/workbooks");
    const { items } = v.parse(Workbook, JSON.parse(String(properties["serializedData"])));
    const asked = items.flatMap(({ name, content }) => [
      ...(content.query === undefined ? [] : [[name, content.query]]),
      ...(content.parameters ?? []).flatMap(({ query }) => (query === undefined ? [] : [["servers", query]])),
    ]);

    expect(new Map(asked as [string, string][])).toEqual(
      new Map(queryNames("workbook").map((name) => [name, readQuery(`workbook/${name}`)])),
    );
  });

  it(
    "makes no rule where none is wanted",
    async () => {
      const quiet = await evaluate(compiler, "param location = 'westeurope'\nparam deployAlerts = false\n");

      expect(quiet.faults).toEqual([]);
      expect(quiet.of("Microsoft.Insights/scheduledQueryRules")).toEqual([]);
    },
    limitMs,
  );
});
