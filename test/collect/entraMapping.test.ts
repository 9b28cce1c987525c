import { describe, expect, it } from "@jest/globals";
import { entraMapping } from "../../shared/collect/entraMapping.ts";

const oid = "6d5d9c22-1f5a-4f5e-9d8e-0a8b6c1d2e3f";

describe("entraMapping", () => {
  it("reads the label of the documentation", () => {
    expect(entraMapping([`pgaadauth=aadauth,oid=${oid},type=service`])).toEqual({
      objectId: oid,
      type: "service",
      admin: false,
      mfa: false,
    });
    expect(entraMapping([`pgaadauth=aadauth,oid=${oid.toUpperCase()},type=user,admin,mfa`])).toEqual({
      objectId: oid,
      type: "user",
      admin: true,
      mfa: true,
    });
  });

  it("reads the label of newer servers, alone and beside the other", () => {
    const newer = `pgaadauth-int=type=group,oid=${oid},tenant_id=99999999-8888-7777-6666-555555555555`;

    expect(entraMapping([newer])).toEqual({ objectId: oid, type: "group", admin: false, mfa: false });
    expect(entraMapping([`pgaadauth=aadauth,oid=${oid},type=group,admin`, newer])).toMatchObject({ admin: true });
  });

  it("takes a type that it does not know for unknown", () => {
    expect(entraMapping([`pgaadauth=aadauth,oid=${oid},type=robot`])).toMatchObject({ type: "unknown" });
    expect(entraMapping([`pgaadauth=aadauth,oid=${oid}`])).toMatchObject({ type: "unknown" });
  });

  it("is null without an object id and for labels of others", () => {
    expect(entraMapping([])).toBeNull();
    expect(entraMapping(["pgaadauth=aadauth,type=user"])).toBeNull();
    expect(entraMapping(["pgaadauth=aadauth,oid=,type=user"])).toBeNull();
    expect(entraMapping([`selinux=aadauth,oid=${oid},type=user`])).toBeNull();
  });
});
