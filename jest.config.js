const esmOnly = "p-limit|yocto-queue|fast-check|pure-rand|commander|preact|d3-[a-z-]+|internmap|listr2|croner";

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
