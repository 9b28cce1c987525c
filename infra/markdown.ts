/** Columns as wide as their widest cell, as prettier sets them. Pipes and asterisks of cells are escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(escapedCell));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => tableLine(row.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return lines.toSpliced(1, 0, tableLine(widths.map((width) => "-".repeat(width)))).join("\n");
}

/** Words that mean only themselves. */
export function prose(text: string): string {
  return text.replaceAll(/[*<`[\]]/g, "\\$&");
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function escapedCell(cell: string): string {
  return cell.replaceAll(/[|*]/g, "\\$&");
}
