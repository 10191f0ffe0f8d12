/** Methods that can be taken off their object, so that one surface can be put together from several. */

/** The methods of an object as properties of a new one, bound to the first. */
export function methodsOf<Surface extends object>(of: Surface): Surface {
  const prototype: unknown = Object.getPrototypeOf(of);
  const methods = Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, { value }]) => name !== "constructor" && typeof value === "function")
    .map(([name, { value }]) => [name, value.bind(of)] as const);
  return Object.fromEntries(methods) as Surface;
}
