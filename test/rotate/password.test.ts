import { randomInt } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { isAcceptable, newPassword } from "../../shared/rotate/password.ts";

describe("a new password", () => {
  it("35. is a letter and at least 39 more printable characters, of all four classes, in a hundred thousand draws", () => {
    const odd: string[] = [];
    for (let count = 0; count < 100_000; count += 1) {
      const password = newPassword(40, "app", { randomInt }).reveal();
      const fits =
        /^[A-Za-z][A-Za-z0-9\-_.~]{39}$/.test(password) &&
        [/[a-z]/, /[A-Z]/, /[0-9]/, /[-_.~]/].every((characters) => characters.test(password));
      if (!fits || /app/i.test(password)) odd.push(password);
    }

    expect(odd).toEqual([]);
  });

  it("draws each character equally often", () => {
    const counts = new Map<string, number>();
    for (let count = 0; count < 2000; count += 1) {
      for (const character of newPassword(200, "app", { randomInt }).reveal().slice(1)) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }

    // 398,000 draws of 66 characters: 6,030 of each, with a standard deviation of 77.
    expect(counts.size).toBe(66);
    expect(Math.min(...counts.values())).toBeGreaterThan(5500);
    expect(Math.max(...counts.values())).toBeLessThan(6560);
  });

  it("has no fewer than 40 characters and as many as are asked for", () => {
    expect(newPassword(8, "app", { randomInt }).reveal()).toHaveLength(40);
    expect(newPassword(64, "app", { randomInt }).reveal()).toHaveLength(64);
  });

  it.each([
    ["a hash of MD5", `md5${"0a".repeat(16)}`, "app"],
    ["a verifier", "SCRAM-SHA-256$4096:c2FsdA==$-_.~a1", "app"],
    ["the name of the role", "A1-xxxxAPPxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "app"],
    ["without digits", "Aa-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "app"],
    ["without capitals", "a1-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "app"],
    ["without small letters", "A1-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", "app"],
    ["without marks", "A1axxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "app"],
  ])("is never %s", (_name, password, role) => {
    expect(isAcceptable(password, role)).toBe(false);
  });
});
