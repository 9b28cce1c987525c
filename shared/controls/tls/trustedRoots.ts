/**
 * SHA-256 fingerprints of the roots that Azure Database for PostgreSQL chains to, in lower-case hex. Sources: DigiCert,
 * docs.azure.cn/cosmos-db/postgresql/howto-ssl-connection-security; Microsoft, "Azure Certificate Authority details"
 * (learn.microsoft.com) and the NSS 3.54 release notes. A test compares both with the roots that Node carries.
 */
export const azureRoots: readonly string[] = [
  "cb3ccbb76031e5e0138f8dd39a23f9de47ffc35e43c1144cea27d46a5ab1cb5f", // DigiCert Global Root G2
  "c741f70f4b2a8d88bf2e71c14122ef53ef10eba0cfa5e64cfa20f418853073e0", // Microsoft RSA Root Certificate Authority 2017
];
