/** The folds in a process of their own; the figures are printed as JSON. */
import { measureFold } from "./fold-run.ts";

process.stdout.write(`${JSON.stringify(measureFold(100_000))}\n`);
