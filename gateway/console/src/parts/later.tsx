// What a screen shows only when it is asked to (a drawer, a dialog) is no part
// of what one waits for at first: it is loaded when it is shown, or while
// nothing else is done.
import { lazy, Suspense, type ComponentType } from "react";

export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let coming: Promise<{ default: ComponentType<P> }> | undefined;
  const come = () => (coming ??= load().then((loaded) => ({ default: loaded })).catch((failed: unknown) => {
    coming = undefined;
    throw failed;
  }));
  const Loaded = lazy(come);
  setTimeout(() => void come().catch(() => undefined), rest); // where it fails, it is asked for again when it is shown
  return (props: P) => <Suspense><Loaded {...props} /></Suspense>;
}

// rest is when the first screen has been read, about, in milliseconds.
const rest = 3_000;
