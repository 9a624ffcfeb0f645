// A look at who is signed in now, beside who was when the screens were read.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { api, answer } from "../api/client";
import { pageSize } from "../api/queries";
import { standing } from "../api/standing";
import type { Who } from "./who";

export function useLook(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(async () => {
    const known = queries.getQueryData<Who>(["who"]);
    try {
      const [me, sessions] = await Promise.all([
        answer(api.GET("/v1/me", {})),
        answer(api.GET("/v1/me/sessions", { params: { query: { pageSize } } })),
      ]);
      const organization = sessions.sessions.find((one) => one.current)?.organizationId;
      standing.set(me.id === known?.me.id && organization === known.here?.organization?.id ? "here" : "elsewhere");
    } catch {
      // answer says when nobody is signed in; a network that is away says nothing.
    }
  }, [queries]);
}
