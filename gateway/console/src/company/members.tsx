// Paramètres > Gérer les membres (R49, R52): who works here, how many can, and
// the rights of each; one opens beside the list.
import { Button, Group, Skeleton, Text, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api, answer } from "../api/client";
import { pageSize, usePages } from "../api/queries";
import { Failure } from "../parts/failure";
import { later } from "../parts/later";
import { administers, useHere, useWho } from "../shell/who";
import { useWords } from "../words/words";
import { useDone } from "../parts/done";
import { products, useFeatures } from "./features";
import { Grid } from "./grid";
import { LinkButton } from "./link_button";
import { Seats } from "./seats";

const MemberSide = later(async () => (await import("./member")).MemberSide);

export function Members() {
  const { t } = useWords();
  const organizationId = useHere();
  const { open } = useSearch({ from: "/members" });
  const navigate = useNavigate({ from: "/members" });
  const here = useWho().data?.here;
  const { done, say } = useDone();
  const list = usePages(["members", organizationId], (pageToken) =>
    answer(api.GET("/v1/organizations/{organizationId}/members", { params: { path: { organizationId }, query: { pageSize, pageToken } } })));
  const features = useFeatures();
  const members = (list.data?.pages.flatMap((page) => page.members) ?? []).filter((one) => one.state !== "MEMBER_STATE_ENDED");
  const close = () => void navigate({ search: {} });
  return (
    <>
      <Group justify="space-between" align="start" mb="md">
        <div>
          <Title order={1}>{t("menu.members")}</Title>
          <Text c="dimmed">{t("members.lead")}</Text>
        </div>
        {here && administers(here) && (
          <Group>
            <LinkButton to="/invitations" variant="default">{t("invitations.title")}</LinkButton>
            <LinkButton to="/invitations" search={{ open: "new" }}>{t("member.add")}</LinkButton>
          </Group>
        )}
      </Group>
      {done}
      <Seats />
      <Failure error={list.error ?? features.error} again={() => { void list.refetch(); void features.refetch(); }} />
      {(list.isPending || features.isPending) && !list.isError && <Skeleton height={220} mt="md" radius="md" />}
      {features.data && members.length > 0 && <Grid members={members} features={products(features.data)} />}
      {list.hasNextPage && <Button mt="sm" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("site.next_page")}</Button>}
      {open && <MemberSide key={open} id={open} close={close} say={say} />}
    </>
  );
}
