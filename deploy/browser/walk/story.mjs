// The story of S0 as its people live it: a partner's administrator, a new
// collaborator, a client.
import { partnerSide, collaboratorSide } from "./partner.mjs";
import { clientAnswers, clientEnds } from "./client.mjs";

export async function story(s, cast) {
  const admin = await s.person(cast.admin);
  const collaborator = await s.person("collaborator");
  const client = await s.person(cast.owner);
  collaborator.account = { email: cast.newcomer.email, password: admin.account.password + "-" + cast.newcomer.given };
  const parts = {
    ...cast, admin, collaborator, client, name: `${cast.newcomer.given} ${cast.newcomer.family}`,
    companies: cast.clients.map((key) => s.company(key)), company: s.company(cast.clients[0]), partner: s.company(admin.account.organization),
  };
  const { adds, assigns, looksAround } = partnerSide(s, parts);
  const { joins, isKeptOut, enters, isLockedOut } = collaboratorSide(s, parts);
  await adds();
  await joins();
  await assigns();
  await isKeptOut();
  await clientAnswers(s, parts);
  await enters();
  const { seesIt, stopsIt, readsHistory } = clientEnds(s, parts);
  await seesIt();
  await stopsIt();
  await isLockedOut();
  await readsHistory();
  await looksAround();
}
