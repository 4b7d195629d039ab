/** Something of an object that is another thing until this is disposed. */
export function inPlaceOf(owner: object, name: string, value: unknown): Disposable {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return {
    [Symbol.dispose]: () =>
      before === undefined
        ? Reflect.deleteProperty(owner, name)
        : Object.defineProperty(owner, name, before),
  };
}
