/** The suite `graph`. */
export async function run(_args: readonly string[]): Promise<void> {}
