// Who is signed in, and where.
import { useQuery } from "@tanstack/react-query";
import { api, answer, type Schemas } from "../api/client";
import { everyPage, pageSize } from "../api/queries";

export type Context = Schemas["Context"];

export type Who = {
  me: Schemas["User"];
  contexts: Context[];
  here: Context | undefined;
};

async function readWho(): Promise<Who> {
  const contexts: Context[] = [];
  const [me, sessions] = await Promise.all([
    answer(api.GET("/v1/me", {})),
    answer(api.GET("/v1/me/sessions", { params: { query: { pageSize } } })),
    everyPage(
      (pageToken) => answer(api.GET("/v1/me/contexts", { params: { query: { pageSize, pageToken } } })),
      (page) => contexts.push(...page.contexts),
    ),
  ]);
  const current = sessions.sessions.find((one) => one.current)?.organizationId;
  return { me, contexts, here: contexts.find((one) => one.organization?.id === current) };
}

export const useWho = () => useQuery({ queryKey: ["who"], queryFn: readWho, staleTime: Infinity });

// useHere is the id of the organisation; screens stand below a Shell that knows
// it.
export function useHere(): string {
  return useWho().data?.here?.organization?.id ?? "";
}

export const isPartner = (context: Context): boolean => context.organization?.kind === "ORGANIZATION_KIND_PARTNER";

export const administers = (context: Context): boolean => context.role === "ROLE_OWNER" || context.role === "ROLE_ADMIN";
