import "@mantine/core/styles.css";
import "./console.css";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { createRoot } from "react-dom/client";
import { Refused } from "./api/client";
import { router } from "./router";
import { resolver, theme } from "./theme";
import { learn, Speaking } from "./words/words";

// A refusal is an answer: only what may go better the next time is asked again.
const retry = (count: number, error: Error) => count < 2 && error instanceof Refused && (error.problem?.status ?? 503) >= 500;

// Without a network a wish fails and is said to have failed: it does not wait in
// silence to be carried out later.
const queries = new QueryClient({ defaultOptions: { queries: { retry, staleTime: 15_000, networkMode: "always" }, mutations: { networkMode: "always" } } });
const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";
setNonce(nonce); // for the style by which a dialog keeps the page behind it still

const first = await learn(document.documentElement.lang === "en" ? "en" : "fr");

createRoot(document.getElementById("root")!).render(
  <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto" getStyleNonce={() => nonce}>
    <QueryClientProvider client={queries}>
      <Speaking first={first}>
        <RouterProvider router={router} />
      </Speaking>
    </QueryClientProvider>
  </MantineProvider>,
);
