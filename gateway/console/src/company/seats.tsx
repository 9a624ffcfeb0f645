// How many members there are, and how many there can be (R131): who helps with
// the company's consent is not counted (R38).
import { Progress, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, answer } from "../api/client";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";

export function Seats() {
  const { t, n } = useWords();
  const organizationId = useHere();
  const seats = useQuery({
    queryKey: ["members", organizationId, "seats"],
    queryFn: () => answer(api.GET("/v1/organizations/{organizationId}/seats", { params: { path: { organizationId } } })),
  }).data;
  if (!seats) {
    return null; // what the list below has to say of a failure is enough
  }
  const words = `${n("seats.members", seats.members)}, ${n("seats.pending", seats.pendingInvitations)}`;
  return (
    <section className="row" aria-label={t("seats.title")}>
      <div className="what">
        <Text fw={600}>{words}</Text>
        <small>{seats.limit === undefined ? t("seats.endless") : n("seats.limit", seats.limit)} {t("seats.hint")}</small>
        {seats.limit !== undefined && <Progress mt="xs" value={(100 * seats.members) / Math.max(seats.limit, 1)} aria-label={words} />}
      </div>
    </section>
  );
}
