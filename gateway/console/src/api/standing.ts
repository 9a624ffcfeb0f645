// Whether the session still stands in which the screens were read: "over" once
// the API says that nobody is signed in, "elsewhere" when another person or
// another organisation is, by another tab.
import { makeStore } from "./store";

export const standing = makeStore<"here" | "over" | "elsewhere">("here");
