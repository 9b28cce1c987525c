import { describe, expect, it } from "@jest/globals";
import {
  isAuthenticatedEncryption,
  isCurrentProtocol,
  isForwardSecret,
} from "../../../shared/controls/tls/cipherStrength.ts";

describe("cipher strength", () => {
  it.each([
    ["TLSv1.3", "TLS_AES_256_GCM_SHA384", true, true],
    ["TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256", true, true],
    ["TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", true, true],
    ["TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", true, true],
    ["TLSv1.2", "DHE-RSA-AES128-CCM", true, true],
    ["TLSv1.2", "ECDHE-RSA-AES256-SHA384", true, false],
    ["TLSv1.2", "AES256-GCM-SHA384", false, true],
    ["TLSv1.2", "TLS_RSA_WITH_AES_128_GCM_SHA256", false, true],
    ["TLSv1.2", "DES-CBC3-SHA", false, false],
  ])("%s %s", (protocol, cipher, forwardSecret, authenticated) => {
    expect(isForwardSecret(protocol, cipher)).toBe(forwardSecret);
    expect(isAuthenticatedEncryption(cipher)).toBe(authenticated);
  });

  it("knows the current protocols", () => {
    expect(["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"].filter(isCurrentProtocol)).toEqual([
      "TLSv1.2",
      "TLSv1.3",
    ]);
  });
});
