/**
 * The way out to HTTP. Adapters take it as an argument, so that the sandbox can answer in place of the network; the global
 * of the same name is an error outside wire.ts.
 */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
