// Mails read through the mailbox's own interface, where a scenario is not
// about reading them.
import { holds, patience } from "./assert.mjs";
import { mails } from "./words.mjs";

export async function letters(s, { to, subject, wait = "20s" }) {
  const address = new URL("/api/messages", s.order.mail);
  address.hostname = "127.0.0.1"; // browsers know names under localhost, Node does not
  address.search = new URLSearchParams({ to, subject, wait });
  return (await fetch(address)).json();
}

// newestCode waits for a mail with a code that is not one of those used, and
// gives its six digits.
export async function newestCode(s, { to, used = [] }) {
  const until = Date.now() + patience;
  while (Date.now() < until) {
    const codes = (await letters(s, { to, subject: mails.code })).map((one) => one.text.match(/Code.?: (\d{6})/)[1]);
    const found = codes.find((one) => !used.includes(one));
    if (found) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  holds(false, `a mail with a code came to ${to}`);
}

// letterLink waits for a mail that holds some words, and gives its link under
// a path.
export async function letterLink(s, { to, subject, path, holding }) {
  const link = new RegExp(`http\\S*${path}\\S+`);
  const until = Date.now() + patience;
  while (Date.now() < until) {
    const found = (await letters(s, { to, subject })).find((one) => one.text.includes(holding) && link.test(one.text));
    if (found) {
      return found.text.match(link)[0];
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  holds(false, `a mail "${subject}" to ${to} that holds "${holding}" came`);
}
