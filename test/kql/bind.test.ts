import { describe, expect, it } from "@jest/globals";
import { analyse } from "./kusto.ts";
import { completeQuery, queryNames, readQuery, savedFunctions, schema } from "./queries.ts";

const paths = ["alerts", "workbook"].flatMap((kind) => queryNames(kind).map((name) => `${kind}/${name}`));

describe("infra/queries", () => {
  it.each(paths)("%s is KQL over the tables that are deployed", (path) => {
    const { faults, columns } = analyse(completeQuery(readQuery(path)), schema);

    expect(faults).toEqual([]);
    expect(columns.map(({ type }) => type)).not.toContain("unknown");
  });

  it("deploys every saved function", () => {
    expect(queryNames("functions")).toEqual(savedFunctions.map(({ name }) => name).sort());
  });
});
