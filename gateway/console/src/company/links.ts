// The partners that the company is or was linked with.
import { api, answer, type Schemas } from "../api/client";
import { pageSize, usePages } from "../api/queries";
import { useHere } from "../shell/who";

export type Partner = Schemas["LinkedPartner"];

export function usePartners() {
  const clientId = useHere();
  return usePages(["partners", clientId], (pageToken) =>
    answer(api.GET("/v1/clients/{clientId}/partners", { params: { path: { clientId }, query: { pageSize, pageToken } } })));
}
