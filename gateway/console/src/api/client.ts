// The public REST API, typed by its own description. Every mutation carries an
// Idempotency-Key, so that a second press or a lost answer does nothing twice.
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema";
import { standing } from "./standing";

export type Api = Client<paths>;
export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

// Refused is a problem of the API, or a network that did not answer.
export class Refused extends Error {
  constructor(readonly problem: Problem | null) {
    super(problem?.detail ?? "network");
  }

  // signedOut: nobody is signed in any more. A wrong password is refused with
  // the same status, and is another matter.
  get signedOut(): boolean {
    return signedOut.includes(this.problem?.reason ?? "");
  }
}

const signedOut = ["UNAUTHENTICATED", "SESSION_EXPIRED", "TOKEN_INVALID"];

export function makeApi(send: (request: Request) => Promise<Response>): Api {
  return createClient<paths>({
    baseUrl: window.location.origin,
    fetch: send,
    querySerializer: { array: { style: "form", explode: true } },
  });
}

async function send(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    throw new Refused(null);
  }
}

export const api: Api = makeApi(send);

type Answer<T> = { data?: T; error?: unknown };

// answer gives what a call answered, or throws what it refused with. What can be
// had as a file too is an object here.
export async function answer<T>(call: Promise<Answer<T>>): Promise<Exclude<T, string>> {
  const { data, error } = await call;
  if (error !== undefined || data === undefined) {
    throw refused(isProblem(error) ? error : null);
  }
  return data as Exclude<T, string>;
}

function refused(problem: Problem | null): Refused {
  const out = new Refused(problem);
  if (out.signedOut) {
    standing.set("over");
  }
  return out;
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "reason" in value;
}
