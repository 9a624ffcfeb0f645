// Who is signed in, and where.
import { useQuery } from "@tanstack/react-query";
import { api, answer, type Schemas } from "../api/client";
import { everyPage, pageSize } from "../api/queries";
import { standing } from "../api/standing";

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

// theirs keeps the screens whose they are: where another tab is somebody else
// by now, elsewhere, or half-way in, the screen stays as it is and says so.
function theirs(known: Who | undefined, now: Who): Who {
  if (!known?.here || (now.me.id === known.me.id && now.here?.organization?.id === known.here.organization?.id)) {
    return now;
  }
  standing.set("elsewhere");
  return known;
}

export const useWho = () => useQuery({
  queryKey: ["who"], queryFn: async ({ client }) => theirs(client.getQueryData<Who>(["who"]), await readWho()), staleTime: Infinity,
});

// useHere is the id of the organisation; screens stand below a Shell that knows
// it.
export function useHere(): string {
  return useWho().data?.here?.organization?.id ?? "";
}

export const isPartner = (context: Context): boolean => context.organization?.kind === "ORGANIZATION_KIND_PARTNER";

export const administers = (context: Context): boolean => context.role === "ROLE_OWNER" || context.role === "ROLE_ADMIN";
