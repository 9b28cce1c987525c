import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const repository = join(__dirname, "../..");

/** README and everything in docs, without CHANGELOG, which tells of versions that are over. */
export const documents: readonly string[] = ["README.md", ...globSync("docs/*.md", { cwd: repository }).sort()];

export function readDocument(path: string): string {
  return readFileSync(join(repository, path), "utf8");
}

/** What a document shows as something to type or to find: lines of its blocks, and spans of code. */
export function codeOf(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/^```[^\n]*\n(?<code>.*?)^```$/gms)].map(({ groups }) => groups?.["code"] ?? "");
  // A command may go on in the next line.
  const lines = blocks.flatMap((block) => block.replace(/\\\n\s*/g, " ").split("\n"));
  const spans = [...withoutBlocks(markdown).matchAll(/`(?<code>[^`]+)`/g)].map(({ groups }) => groups?.["code"] ?? "");
  return [...lines, ...spans].map((code) => code.replace(/\s+/g, " ").trim());
}

/** Anchors that a renderer makes of the headings: lower case, no punctuation, hyphens for blanks. */
export function anchorsOf(markdown: string): readonly string[] {
  return [...withoutBlocks(markdown).matchAll(/^#+ (?<title>.+)$/gm)].map(({ groups }) =>
    (groups?.["title"] ?? "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Targets of links that lead to no other site. */
export function linksOf(markdown: string): readonly string[] {
  const targets = [...withoutBlocks(markdown).matchAll(/\]\((?<target>[^)\s]+)\)/g)];
  return targets.map(({ groups }) => groups?.["target"] ?? "").filter((target) => !/^https?:/.test(target));
}

function withoutBlocks(markdown: string): string {
  return markdown.replace(/^```[^\n]*\n.*?^```$/gms, "");
}
