// Prints the closing line of a CI run from jest's JSON result; a run without tests is a failed run.
import { readFileSync } from "node:fs";

const [, , path] = process.argv;
let passed = 0;
let failed = 1;
try {
  const result = JSON.parse(readFileSync(path, "utf8"));
  passed = result.numPassedTests;
  // A suite that could not run counts as one failure: its tests are not in the other number.
  failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
} catch (error) {
  console.error(`jest left no readable result: ${error.message}`);
}
if (passed === 0) failed = Math.max(failed, 1);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
