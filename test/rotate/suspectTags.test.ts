import { describe, expect, it } from "@jest/globals";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { tag } from "../../shared/rotate/secretTags.ts";
import { suspectTags } from "../../shared/rotate/suspectTags.ts";

const pair = { user: "app", password: new SecretValue("plain words") };

describe("suspectTags", () => {
  it("finds the published password itself, also inside another text and in a tag of our own", () => {
    const tags = { note: "was plain words until May", [tag.user]: "plain words", owner: "team" };

    expect(suspectTags(tags, pair)).toEqual(["note", tag.user].toSorted());
  });

  it.each([
    "Xk7-aQ9z.Lm2~pR5t",
    "SCRAM-SHA-256$4096:c2FsdA==$a:b",
    `md5${"0123456789abcdef".repeat(2)}`,
    "Password = hunter",
    "postgresql://app:secret@orders:5432/app",
  ])("suspects %s", (value) => {
    expect(suspectTags({ note: value }, null)).toEqual(["note"]);
  });

  it.each([
    "Team-Orders",
    "contact the Platform Team 24/7",
    "019aa000-0000-7000-8000-000000000007",
    "2026-11-22T06:00:00.000Z",
    "2026-11-22",
    "https://contoso.example/Runbook-7",
    "/subscriptions/1/resourceGroups/Shop/providers/Microsoft.Web/sites/orders-2",
    "",
  ])("does not suspect %s", (value) => {
    expect(suspectTags({ note: value }, pair)).toEqual([]);
  });

  it("does not suspect what rotation writes", () => {
    const tags = {
      [tag.rotatedAt]: "2026-11-22T06:00:00.000Z",
      [tag.server]: "Orders-Server-01",
      [tag.user]: "App_User-01x",
    };

    expect(suspectTags(tags, pair)).toEqual([]);
  });
});
