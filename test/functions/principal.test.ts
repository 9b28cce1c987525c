import { describe, expect, it } from "@jest/globals";
import { HttpRequest } from "@azure/functions";
import { accessOf } from "../../functions/http/principal.ts";

const objectId = "0f0f0f0f-1111-2222-3333-444444444444";

function requestOf(principal?: unknown): HttpRequest {
  const header = principal === undefined ? {} : { "x-ms-client-principal": encode(principal) };
  return new HttpRequest({ method: "POST", url: "https://localhost/api/scans", headers: header });
}

function encode(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64");
}

function principalWith(...roles: readonly string[]): unknown {
  return {
    auth_typ: "aad",
    claims: [
      { typ: "preferred_username", val: "operator@example.com" },
      { typ: "http://schemas.microsoft.com/identity/claims/objectidentifier", val: objectId },
      ...roles.map((val) => ({ typ: "roles", val })),
    ],
    role_typ: "roles",
  };
}

describe("accessOf", () => {
  it("grants the role that the platform vouches for, and names who it was", () => {
    const access = accessOf(requestOf(principalWith("PgWarden.Operator")), "PgWarden.Operator", true);

    expect(access).toEqual({ granted: true, actor: `operator@example.com (${objectId})` });
  });

  it("refuses another role", () => {
    const access = accessOf(requestOf(principalWith("PgWarden.Reader")), "PgWarden.Operator", true);

    expect(access).toMatchObject({ granted: false, status: 403 });
  });

  it.each([
    ["nobody", undefined],
    ["text", "no json"],
    ["a principal without claims", {}],
  ])("asks %s to sign in", (_name, principal) => {
    expect(accessOf(requestOf(principal), "PgWarden.Reader", true)).toMatchObject({ granted: false, status: 401 });
  });

  it("believes no header where the platform does not set it", () => {
    const access = accessOf(requestOf(principalWith("PgWarden.Approver")), "PgWarden.Approver", false);

    expect(access).toEqual({ granted: true, actor: "function-key" });
  });
});
