import { randomBytes, X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { makeCertificates } from "../../shared/local/certificates.ts";
import { startPostgresServer } from "../../shared/local/postgresServer.ts";
import { prober } from "../../shared/postgres/prober.ts";
import { describePostgres, testTemplates } from "../describePostgres.ts";
import { withFakeServer } from "./fakeServer.ts";
import { forever, host, leadTo, trust } from "./localTarget.ts";

const target = { host, port: 5432 };

function probing(port: number, timeoutMs = 5_000) {
  return prober({ hosts: leadTo(port), randomBytes, timeoutMs });
}

describePostgres([13, 16, 17, 18], (_major, getServer) => {
  beforeAll(() => {
    trust(getServer().ca);
  });

  it("finds clear text and old versions refused, and a strong handshake", async () => {
    const probe = probing(getServer().port);

    expect(await probe.plaintext(target, forever)).toEqual({ port: 5432, outcome: "refused", detail: "28000" });
    expect(await probe.legacyTls(target, "TLSv1", forever)).toEqual({
      port: 5432,
      protocol: "TLSv1",
      accepted: false,
      detail: "alert protocol_version",
    });
    expect(await probe.legacyTls(target, "TLSv1.1", forever)).toMatchObject({ accepted: false });
    expect(await probe.reachability(target, forever)).toEqual({
      port: 5432,
      open: true,
      detail: "SSLRequest was answered with S",
    });
    expect(await probe.dns(host, forever)).toEqual([{ address: "10.1.0.4", range: "private" }]);
  });

  it("shows protocol, cipher, key exchange and the chain up to the root", async () => {
    const probed = await probing(getServer().port).tls(target, forever);

    const root = new X509Certificate(getServer().ca);
    expect(probed).toMatchObject({
      port: 5432,
      protocol: "TLSv1.3",
      cipher: "TLS_AES_256_GCM_SHA384",
      keyExchange: "ECDH",
      nameMatches: true,
      trusted: true,
      trustError: null,
    });
    expect(probed.chain).toHaveLength(2);
    expect(probed.chain[0]).toMatchObject({
      subject: "CN=localhost",
      names: ["*.postgres.database.azure.com", "localhost", "127.0.0.1"],
      keyType: "ec",
      keyBits: 256,
    });
    expect(probed.chain[1]?.fingerprint).toBe(root.fingerprint256.replaceAll(":", "").toLowerCase());
    expect(Date.parse(probed.chain[0]?.notAfter ?? "")).toBeGreaterThan(Date.now());
  });

  it("takes a wrong name for evidence, beside a chain that is in order", async () => {
    const hosts = { "db.example.com": { addresses: [], connect: { 5432: `127.0.0.1:${getServer().port}` } } };
    const probe = prober({ hosts, randomBytes });

    const probed = await probe.tls({ host: "db.example.com", port: 5432 }, forever);

    expect(probed).toMatchObject({ nameMatches: false, trusted: true, trustError: null });
  });

  it("never counts as a login", async () => {
    const probe = probing(getServer().port);

    await probe.plaintext(target, forever);
    await probe.tls(target, forever);

    expect(getServer().log()).not.toMatch(/password authentication failed/);
  });
});

describePostgres([17], (major) => {
  it("finds what a badly kept server accepts", async () => {
    const certificate = await makeCertificates(["*.postgres.database.azure.com"], { selfSigned: true, rsaBits: 2048 });
    const server = await startPostgresServer({
      ...testTemplates(),
      major,
      certificate,
      settings: { ssl_min_protocol_version: "TLSv1" },
      hba: ["host all all 127.0.0.1/32 scram-sha-256"],
    });
    try {
      const probe = probing(server.port);

      expect(await probe.plaintext(target, forever)).toEqual({
        port: 5432,
        outcome: "authenticationRequested",
        detail: "AuthenticationSASL",
      });
      expect(await probe.legacyTls(target, "TLSv1", forever)).toEqual({
        port: 5432,
        protocol: "TLSv1",
        accepted: true,
        detail: "the server chose TLSv1",
      });
      expect(await probe.legacyTls(target, "TLSv1.1", forever)).toMatchObject({
        accepted: true,
        detail: "the server chose TLSv1.1",
      });
      const tls = await probe.tls(target, forever);
      expect(tls).toMatchObject({ trusted: false, trustError: "DEPTH_ZERO_SELF_SIGNED_CERT", nameMatches: true });
      expect(tls.chain).toMatchObject([{ keyType: "rsa", keyBits: 2048 }]);
    } finally {
      await server.stop();
    }
  });

  it("speaks TLS 1.2 with a server that has no more", async () => {
    const certificate = await makeCertificates(["*.postgres.database.azure.com"]);
    const settings = { ssl_max_protocol_version: "TLSv1.2" };
    const server = await startPostgresServer({ ...testTemplates(), major, certificate, settings });
    try {
      const probed = await probing(server.port).tls(target, forever);

      expect(probed).toMatchObject({
        protocol: "TLSv1.2",
        cipher: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        keyExchange: "ECDH",
        trusted: false,
        trustError: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      });
    } finally {
      await server.stop();
    }
  });
});

describe("prober without a server", () => {
  it("takes a closed port for an answer about reachability, and for a gap everywhere else", async () => {
    const probe = probing(1);
    const unreachable = { reason: "unreachable", message: `${host}:5432 refused the connection.` };

    expect(await probe.reachability(target, forever)).toEqual({
      port: 5432,
      open: false,
      detail: unreachable.message,
    });
    await expect(probe.plaintext(target, forever)).rejects.toMatchObject(unreachable);
    await expect(probe.legacyTls(target, "TLSv1", forever)).rejects.toMatchObject(unreachable);
    await expect(probe.tls(target, forever)).rejects.toMatchObject(unreachable);
  });

  it("says that a port answers as something else", async () => {
    const odd = await withFakeServer([Buffer.from("220 mail.example.com ESMTP\r\n")], ({ port }) =>
      probing(port).reachability(target, forever),
    );
    const silent = await withFakeServer(["wait"], ({ port }) => probing(port, 50).reachability(target, forever));

    expect(odd).toMatchObject({ open: true, detail: "SSLRequest was answered with no S or N" });
    expect(silent).toMatchObject({ open: false, detail: `${host}:5432 did not answer within 50 ms.` });
  });

  it("says that a handshake broke off", async () => {
    for (const answer of [null, Buffer.from("HTTP/1.1 400")]) {
      const probed = withFakeServer([Buffer.from("S"), answer], ({ port }) => probing(port).tls(target, forever));

      await expect(probed).rejects.toMatchObject({ reason: "unreachable" });
    }
  });

  it("ends with the run", async () => {
    const run = new AbortController();
    const waiting = withFakeServer(["wait"], ({ port }) => {
      setTimeout(() => {
        run.abort();
      }, 30);
      return probing(port).reachability(target, run.signal);
    });

    await expect(waiting).rejects.toMatchObject({ reason: "deadline" });
  });
});
