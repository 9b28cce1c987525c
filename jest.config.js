// Packages without a CommonJS build, ours and those of the Azure SDKs.
const esmOnly = [
  "p-limit",
  "yocto-queue",
  "fast-check",
  "pure-rand",
  "commander",
  "listr2",
  "croner",
  "uuid",
  "https-proxy-agent",
  "http-proxy-agent",
  "agent-base",
  "proxy-agent-negotiate",
].join("|");

/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  globalSetup: "<rootDir>/test/globalSetup.ts",
  globalTeardown: "<rootDir>/test/globalTeardown.ts",
  transform: {
    "^.+\\.(t|j|mj)s$": [
      "@swc/jest",
      {
        jsc: { target: "es2023", parser: { syntax: "typescript" } },
        module: { type: "commonjs" },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly})/)`],
  // Two cores: one worker beside the PostgreSQL servers and emulators that the tests use.
  maxWorkers: 2,
  testTimeout: 30_000,
};
