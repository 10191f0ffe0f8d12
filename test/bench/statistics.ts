/** Percentiles of samples, and tables of figures for people. */

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** By nearest rank, so that every figure is one that was measured. Throws when there are no samples. */
export function toPercentiles(samples: readonly number[]): Percentiles {
  const sorted = samples.toSorted((left, right) => left - right);
  const at = (share: number): number => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    if (value === undefined) throw new Error("There are no samples.");
    return value;
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export type Cell = string | number;

/** Columns as wide as their widest cell; numbers to the right. */
export function renderTable(title: string, header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const render = (row: readonly Cell[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return typeof cell === "number" ? String(cell).padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [title, "", render(header), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(render)].join(
    "\n",
  );
}

/** To one digit behind the point. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Whether a figure keeps to its target, in a word that can be searched for. */
export function judge(value: number, target: number): string {
  return value <= target ? "met" : "MISSED";
}
