// Invitations with what became of their mails.
import { api, answer, type Api, type Schemas } from "../api/client";
import { usePages } from "../api/queries";
import type { InvitationState } from "../router";

export type Invitation = Schemas["Invitation"];
export type Mail = Schemas["Delivery"];
export type Invited = { invitation: Invitation; mail: Mail | undefined };

export const refreshed = ["invitations", "members"];

// atOnce is how many invitations are asked about in one address.
const atOnce = 50;

export function useInvitations(organizationId: string, state: InvitationState) {
  return usePages(["invitations", organizationId, state], async (pageToken) => {
    const page = await answer(api.GET("/v1/organizations/{organizationId}/invitations", {
      params: { path: { organizationId }, query: { state: `INVITATION_STATE_${state}` as const, pageSize: atOnce, pageToken } },
    }));
    const mails = await newestMails(organizationId, page.invitations.map((one) => one.id));
    return { nextPageToken: page.nextPageToken, rows: page.invitations.map((one): Invited => ({ invitation: one, mail: mails.get(one.id) })) };
  });
}

// newestMails are the mails of some invitations, the newest of each.
async function newestMails(organizationId: string, recipientRefs: string[]): Promise<Map<string, Mail>> {
  const out = new Map<string, Mail>();
  if (recipientRefs.length === 0) {
    return out;
  }
  const page = await answer(api.GET("/v1/organizations/{organizationId}/deliveries", { params: { path: { organizationId }, query: { recipientRefs, pageSize: 200 } } }));
  for (const one of page.deliveries.toReversed()) {
    out.set(one.recipientRef, one);
  }
  return out;
}

const at = (one: Invitation, key: string) => ({ path: { organizationId: one.organizationId, invitationId: one.id }, header: { "Idempotency-Key": key } });

export const renewCall = (one: Invitation, key: string) => (to: Api) =>
  to.POST("/v1/organizations/{organizationId}/invitations/{invitationId}:renew", { params: at(one, key), body: {} });

export const cancelCall = (one: Invitation, key: string) => (to: Api) =>
  to.POST("/v1/organizations/{organizationId}/invitations/{invitationId}:cancel", { params: at(one, key), body: {} });

export const guestName = (one: Invitation): string => `${one.givenName} ${one.familyName}`.trim();
