const registry = globalThis as typeof globalThis & { __anima?: Map<string, unknown> };

/**
 * The one instance of a thing in this process. Next bundles its own copy of every module it imports, so module scope
 * would give two pools, two limiters, two caches; `globalThis` is shared by all copies.
 */
export function processWide<T>(name: string, create: () => T): T {
  registry.__anima ??= new Map();
  if (!registry.__anima.has(name)) registry.__anima.set(name, create());
  return registry.__anima.get(name) as T;
}
