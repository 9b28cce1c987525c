import { expect, it } from "@jest/globals";
import {
  grantableLetters,
  granteeName,
  lettersOf,
  privilegeText,
} from "../../../shared/controls/priv/privilegeNames.ts";

it("takes letters and grant options apart", () => {
  expect(lettersOf("ar*wx*")).toEqual(["a", "r", "w", "x"]);
  expect(grantableLetters("ar*wx*")).toEqual(["r", "x"]);
  expect(grantableLetters("arw")).toEqual([]);
  expect(lettersOf("")).toEqual([]);
});

it("names privileges once, and keeps letters of later versions", () => {
  expect(privilegeText(["r", "D", "r", "Z"])).toBe("SELECT, TRUNCATE, Z");
});

it("tells PUBLIC from a role that is called so", () => {
  expect([null, "PUBLIC", "public", "ann"].map((name) => granteeName(name))).toEqual([
    "PUBLIC",
    '"PUBLIC"',
    "public",
    "ann",
  ]);
});
