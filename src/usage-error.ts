/** What a person got wrong on the command line or in a file they named. Exit code 2, one clear message. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
