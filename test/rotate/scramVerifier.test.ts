import { describe, expect, it } from "@jest/globals";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { scramVerifier } from "../../shared/rotate/scramVerifier.ts";

describe("a verifier", () => {
  it("has the keys of RFC 7677's example", () => {
    const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");

    const verifier = scramVerifier(new SecretValue("pencil"), salt, 4096);

    expect(verifier).toBe(
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:" +
        "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    );
  });

  it("never has fewer than 4096 iterations, and as many as the server asks", () => {
    const salt = new Uint8Array(16);

    expect(scramVerifier(new SecretValue("a"), salt, 1)).toMatch(/^SCRAM-SHA-256\$4096:/);
    expect(scramVerifier(new SecretValue("a"), salt, 10_000)).toMatch(/^SCRAM-SHA-256\$10000:/);
  });
});
