/** The folds in a process of their own; the figures are printed as JSON. */
import { measureFold } from "./fold-run.ts";

console.log(JSON.stringify(measureFold(100_000)));
