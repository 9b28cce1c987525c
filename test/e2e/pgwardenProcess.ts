import { execFile } from "node:child_process";
import { join } from "node:path";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real program in a process of its own, with nothing of our environment but the path. */
export function pgwarden(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env["PATH"], NO_COLOR: "1", ...variables }, maxBuffer: 50_000_000 };
    const command = ["shared/cli/main.ts", "--", ...args];
    execFile(join(process.cwd(), "node_modules/.bin/tsx"), command, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}
