// The same call as a line to paste: what the console can do, anybody's own
// software can do.
import { makeApi, type Api } from "./client";

export type Call = (api: Api) => Promise<unknown>;

// asCurl runs the call against nothing, and writes down what it would have sent.
export async function asCurl(call: Call): Promise<string> {
  let line = "";
  const recording = makeApi(async (request) => {
    line = await lineOf(request);
    return new Response("{}", { status: 200, headers: { "Content-Type": "application/json" } });
  });
  await call(recording);
  return line;
}

async function lineOf(request: Request): Promise<string> {
  const parts = ["curl", "-b", "jar"];
  const body = await request.text();
  if (request.method !== "GET") {
    parts.push("-X", request.method);
  }
  if (body !== "") {
    parts.push("-H", quoted("Content-Type: " + request.headers.get("Content-Type")), "--data-binary", quoted(body));
  }
  const key = request.headers.get("Idempotency-Key");
  if (key !== null) {
    parts.push("-H", quoted("Idempotency-Key: " + key));
  }
  return [...parts, quoted(request.url)].join(" ");
}

function quoted(text: string): string {
  return "'" + text.replaceAll("'", "'\\''") + "'";
}
