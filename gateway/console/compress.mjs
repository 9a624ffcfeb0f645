// Puts a smaller copy, name.gz, beside each built file that gets smaller: the
// gateway sends it to who takes gzip. The files hold no secret and nothing that
// a request said.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const assets = new URL("../internal/console/dist/assets/", import.meta.url);
for (const name of readdirSync(assets)) {
  const content = readFileSync(new URL(name, assets));
  const smaller = gzipSync(content, { level: 9 });
  if (smaller.length < content.length) {
    writeFileSync(new URL(`${name}.gz`, assets), smaller);
  }
}
