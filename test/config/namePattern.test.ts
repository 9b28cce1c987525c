import { describe, expect, it } from "@jest/globals";
import { isNamePattern } from "../../shared/config/namePattern.ts";

describe("isNamePattern", () => {
  it.each([
    "salary",
    "^(ssn|iban)$",
    "(^|_)(otp|pin)($|_)",
    "social_?security",
    "card_?(no|num|number|id)",
    "[a-z]{2,5}_id",
    "[^0-9_]+",
    "^a.c$",
    "(?:api|access)_?key",
    "(ab)+",
    "a{2}b{3,}",
    String.raw`\$price\.`,
    "first name",
    "a-b",
    "a^b",
  ])("takes %s", (pattern) => {
    expect(isNamePattern(pattern)).toBe(true);
  });

  it.each([
    "",
    "(",
    "a)",
    "()",
    "a|",
    "|a",
    "(a|)",
    "*a",
    "^*",
    "$+",
    "a**",
    "a+?",
    "(a+)+",
    "((a*)b)*",
    "(?=a)",
    "(?!a)",
    "(?<=a)b",
    "(?i)a",
    "***:a",
    String.raw`(a)\1`,
    String.raw`\d`,
    String.raw`\w+`,
    String.raw`\y`,
    String.raw`\m`,
    "[[:alpha:]]",
    "[z-a]",
    "[]",
    "[a-]",
    "[a",
    "a]",
    "a{51}",
    "a{3,2}",
    "a{,3}",
    "a{",
    "é",
    "a'b",
    "a\0b",
    "a\n",
    "(?#a)",
  ])("refuses %j", (pattern) => {
    expect(isNamePattern(pattern)).toBe(false);
  });
});
