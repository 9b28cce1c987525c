import { describe, expect, it } from "@jest/globals";
import { evaluateQuery } from "./evaluate.ts";

const schema = {
  T: { TimeGenerated: "datetime", Name: "string", Count: "long", Facts: "dynamic", Good: "bool" },
  Other: { Name: "string", Count: "long" },
  Late: { TimeGenerated: "datetime", Name: "string" },
};
const rows = {
  T: [
    { TimeGenerated: "2026-01-01T10:00:00Z", Name: "a", Count: 1, Facts: { tags: ["x", "y"] }, Good: true },
    { TimeGenerated: "2026-01-01T11:00:00Z", Name: "b", Count: 5, Facts: { tags: [] }, Good: false },
    { TimeGenerated: "2026-01-01T11:30:00Z", Name: "a", Count: 7, Facts: null, Good: null },
    { TimeGenerated: "2025-12-01T00:00:00Z", Name: null, Count: null, Facts: { tags: ["z"] }, Good: false },
  ],
  Other: [
    { Name: "a", Count: 100 },
    { Name: "c", Count: 300 },
  ],
  Late: [
    { TimeGenerated: "2025-12-31T00:00:00Z", Name: "z", "ingestion_time()": "2026-01-01T11:50:00Z" },
    { TimeGenerated: "2026-01-01T10:30:00Z", Name: "y" },
  ],
};
const now = new Date("2026-01-01T12:00:00Z");

function run(text: string): readonly unknown[] {
  const { columns, rows: found } = evaluateQuery({ text, schema, now }, rows);
  return found.map((row) => columns.map((column) => row[column]));
}

/** Each query beside what Kusto answers; the answers follow from its documentation. */
describe("evaluateQuery", () => {
  it.each([
    ["filters by time and value", 'T | where TimeGenerated > ago(90m) and Name == "a" | project Count', [[7]]],
    ["takes null for unlike every value", "T | where Good != true | project Name", [["b"], ["a"], [""]]],
    ["takes null for neither more nor less", "T | where not(Count > 3) | project Count", [[1]]],
    ["drops rows of which it cannot say", "T | where Count == long(null) | project Name", []],
    [
      "has a null of each type",
      "T | take 1 | project a = long(null), b = datetime(null), c = bool(null)",
      [[null, null, null]],
    ],
    ["has no null among strings", "T | where isempty(Name) | project Count", [[null]]],
    ["tells members of a list, without case too", 'T | where Name in~ ("A") | project Count', [[1], [7]]],
    ["tells who is not in a list", 'T | where Name !in ("a", "") | project Count', [[5]]],
    ["matches a column of another table", "T | where Name in (Other | project Name) | project Count", [[1], [7]]],
    [
      "keeps the newest of each key",
      "T | where isnotempty(Name) | summarize arg_max(TimeGenerated, Count) by Name | project Name, Count",
      [
        ["a", 7],
        ["b", 5],
      ],
    ],
    [
      "takes all columns along",
      'T | where Name == "b" | summarize arg_max(TimeGenerated, *) by Name | project Name, Count, Good',
      [["b", 5, false]],
    ],
    [
      "groups and counts",
      "T | summarize n = count(), high = countif(Count > 4), names = dcount(Name) by Good | order by n asc, high desc",
      [
        [null, 1, 1, 1],
        [true, 1, 0, 1],
        [false, 2, 1, 2],
      ],
    ],
    ["counts nothing as one row", 'T | where Name == "q" | summarize n = count()', [[0]]],
    ["has no group of nothing", 'T | where Name == "q" | summarize n = count() by Name', []],
    [
      "expands arrays",
      "T | mv-expand tag = Facts.tags | where isnotnull(tag) | project Name, tag = tostring(tag)",
      [
        ["a", "x"],
        ["a", "y"],
        ["", "z"],
      ],
    ],
    [
      "joins and keeps who has no partner",
      'T | where Name in ("a", "b") and Count > 1 | join kind=leftouter Other on Name | project Name, Count, Count1',
      [
        ["b", 5, null],
        ["a", 7, 100],
      ],
    ],
    ["finds who has no partner", "Other | join kind=leftanti T on Name | project Name", [["c"]]],
    [
      "looks up by names that differ",
      "Other | project Key = Name, Count | lookup (T | summarize n = count() by Name) on $left.Key == $right.Name",
      [
        ["a", 100, 2],
        ["c", 300, null],
      ],
    ],
    [
      "calls a function that a let declares",
      "let f = (least: long) { T | where Count > least }; f(5) | project Name",
      [["a"]],
    ],
    ["reads a let", 'let wanted = dynamic(["b"]); T | where Name in (wanted) | project Count', [[5]]],
    ["unites tables", "union T, Other | summarize n = count()", [[6]]],
    ["bins time", "T | where Count > 4 | summarize n = count() by bin(TimeGenerated, 1h) | project n", [[2]]],
    [
      "calculates with time",
      'T | where Name == "b" | extend age = now() - TimeGenerated | project same = (age == 1h)',
      [[true]],
    ],
    [
      "decides",
      'T | extend size = case(Count > 5, "big", Count > 1, "some", "few") | project size',
      [["few"], ["some"], ["big"], ["few"]],
    ],
    ["orders descending without a word", "T | where Count > 0 | order by Count | project Count", [[7], [5], [1]]],
    [
      "knows when a row came, late or not, until rows are summarized",
      "Late | extend Came = ingestion_time() | where Came > ago(1h) | project Name, Came",
      [["z", new Date("2026-01-01T11:50:00Z")]],
    ],
    [
      "keeps the newest and the smallest side by side",
      "T | where isnotempty(Name) | summarize First = min(Count), arg_max(TimeGenerated, Count) by Name | project Name, First, Count",
      [
        ["a", 1, 7],
        ["b", 5, 5],
      ],
    ],
    ["takes the top", "T | top 1 by Count desc | project Count", [[7]]],
    [
      "asks for a scalar",
      "let most = toscalar(T | summarize max_count = max(Count)); T | where Count == most | project Name",
      [["a"]],
    ],
  ])("%s", (_, text, expected) => {
    expect(run(text.replace("project same = (age == 1h)", "project same = (age == 1h)"))).toEqual(expected);
  });

  it.each([
    ["a column that is missing", "T | project Nope", "Nope"],
    ["a table that is missing", "Nope | count", "Nope"],
    ["an operator that it does not know", "T | sample 1", "SampleOperator"],
    ["a function that it does not know", "T | project x = reverse(Name)", "reverse"],
    ["a column without a name", "T | project strcat(Name, Name)", "no name"],
  ])("refuses %s", (_, text, message) => {
    expect(() => run(text)).toThrow(message);
  });
});
