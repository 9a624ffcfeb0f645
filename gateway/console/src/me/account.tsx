// Mon profil: who one is, where one is invited and belongs, where one is signed
// in, and by what; all data as a file.
import { Anchor, Text, Title } from "@mantine/core";
import { useWho } from "../shell/who";
import { useWords } from "../words/words";
import { Address } from "./address";
import { Data } from "./data";
import { Factors } from "./factors";
import { Invitations } from "./invitations";
import { Organizations } from "./organizations";
import { Password } from "./password";
import { Sessions } from "./sessions";

export function Account() {
  const { t } = useWords();
  const me = useWho().data?.me;
  return (
    <>
      <Title order={1}>{t("account.title")}</Title>
      {me && <Text c="dimmed">{me.email}</Text>}
      <Invitations />
      <Organizations />
      <Sessions />
      {me && <Address now={me.email} />}
      <Password />
      <Factors />
      <Data />
      <Text mt="xl"><Anchor href="/account/erase">{t("account.erase.title")}</Anchor></Text>
    </>
  );
}
