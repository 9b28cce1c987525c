import { describe, expect, it } from "@jest/globals";
import { ConfigError } from "../../shared/config/configError.ts";
import { parseEnvFile, readEnvFile } from "../../shared/config/envFile.ts";

const { signal } = new AbortController();

function strayLines(text: string): readonly (number | null)[] {
  try {
    parseEnvFile(text);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ line }) => line);
  }
}

describe("parseEnvFile", () => {
  it("reads assignments, quotes, comments and JSON", () => {
    const text = [
      "\uFEFF# made by pgwarden local",
      "",
      "PLAIN=value # a comment",
      "  export SPACED = two words ",
      "AzureWebJobsStorage__blobServiceUri=https://127.0.0.1:1/a",
      `PGWARDEN_HOSTS='{"a": {"addresses": ["10.0.0.1"], "connect": {}}}'`,
      'BARE={"a":"b"}',
      'LINES="one',
      'two"',
      "EMPTY=",
    ].join("\r\n");

    expect(parseEnvFile(text)).toEqual({
      PLAIN: "value",
      SPACED: "two words",
      AzureWebJobsStorage__blobServiceUri: "https://127.0.0.1:1/a",
      PGWARDEN_HOSTS: '{"a": {"addresses": ["10.0.0.1"], "connect": {}}}',
      BARE: '{"a":"b"}',
      LINES: "one\ntwo",
      EMPTY: "",
    });
  });

  it("names every line that is no assignment, and not its words", () => {
    expect(strayLines("A=1\nhunter2\n\nB=2\n- x\n")).toEqual([2, 5]);
    expect(() => parseEnvFile("hunter2", "local.env")).toThrow(
      "local.env has 1 fault:\n- line 1: The line is no NAME=value.",
    );
    expect(strayLines("A='open\n")).toEqual([1]);
    expect(strayLines("1A=x\n")).toEqual([1]);
  });
});

describe("readEnvFile", () => {
  it("says so when there is no file", async () => {
    await expect(readEnvFile("/nonexistent/local.env", signal)).rejects.toThrow("--env-file takes the path of a file");
  });
});
