import { inspect } from "node:util";
import { createPipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "@jest/globals";
import { azureFault } from "../../shared/azure/azureFault.ts";

describe("azureFault", () => {
  it("keeps name, code and status, and neither the request nor what the service said", () => {
    const request = createPipelineRequest({
      url: "https://vault/secrets/x",
      method: "PUT",
      body: '{"value":"hunter2"}',
    });
    const error = new RestError("the value hunter2 is refused", { code: "BadParameter", statusCode: 400, request });

    expect(azureFault(error)).toEqual({ name: "RestError", code: "BadParameter", statusCode: 400 });
    expect(inspect(azureFault(error), { depth: null })).not.toMatch(/hunter2/);
  });

  it("keeps the id that the service gave the request", () => {
    const response = { headers: new Map([["x-ms-request-id", "r-1"]]) };

    expect(azureFault({ name: "RestError", statusCode: 500, response })).toEqual({
      name: "RestError",
      statusCode: 500,
      requestId: "r-1",
    });
  });

  it("takes the first of a list of errors, as an upload in chunks gives them", () => {
    const cause = Object.assign(new Error("x"), { name: "RestError", statusCode: 413 });

    expect(azureFault({ name: "AggregateLogsUploadError", errors: [{ cause, failedLogs: [{ secret: 1 }] }] })).toEqual({
      name: "RestError",
      statusCode: 413,
    });
  });

  it("says what kind of thing was thrown when it is no error", () => {
    expect(azureFault("text")).toEqual({ name: "string" });
    expect(azureFault(undefined)).toEqual({ name: "undefined" });
    expect(azureFault({ code: 7 })).toEqual({ name: "Error" });
  });
});
