import { styleText } from "node:util";
import Table from "cli-table3";
import { visible, visibleLine } from "./visible.ts";

const borders = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

interface Column {
  readonly head: string;
  /** Columns of text; the one without a width takes what is left. */
  readonly width?: number;
  /** Styles a cell: cells themselves have no style, whatever a name holds. */
  readonly style?: (cell: string) => string;
}

/** Columns without borders; the last one wraps and may have several lines. Every cell shows what it holds. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const gap = 2;
  const fixed = columns.reduce((sum, column) => sum + (column.width ?? 0) + gap, 0);
  const rest = Math.max(30, width - fixed);
  const output = new Table({
    head: columns.map(({ head }) => styleText("bold", head)),
    chars: borders,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colWidths: columns.map((column) => column.width ?? rest),
    wordWrap: true,
    wrapOnWordBoundary: true,
  });
  output.push(
    ...rows.map((row) =>
      row.map((cell, index) => {
        const { style = asItIs } = columns[index] ?? {};
        return style(index === columns.length - 1 ? visible(cell) : visibleLine(cell));
      }),
    ),
  );
  return output
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function asItIs(cell: string): string {
  return cell;
}

/** The width of a column that shows every value whole. */
export function longest(head: string, values: readonly string[]): number {
  return Math.max(head.length, ...values.map((value) => visibleLine(value).length)) + 2;
}
