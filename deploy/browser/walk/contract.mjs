// What the API answers while people work is what its description says: a
// status that is listed, a body of the type that stands there.
import { request } from "node:http";

export class Contract {
  static async read(base) {
    const one = new Contract();
    one.document = await new Promise((resolve, reject) => {
      request(base + "/openapi.json", (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part)).on("end", () => resolve(JSON.parse(Buffer.concat(parts)))).on("error", reject);
      }).on("error", reject).end();
    });
    one.paths = Object.entries(one.document.paths).map(([template, methods]) => ({
      template, methods, holes: template.split("{").length,
      form: new RegExp("^" + template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/:]+") + "$"),
    })).sort((a, b) => a.holes - b.holes);
    return one;
  }

  // watch tells of every answer that the description does not know.
  watch(context, tell) {
    context.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.startsWith("/v1/")) {
        this.judge(response, pathname).then((wrong) => wrong.forEach(tell), () => {}); // the page was left before its body came
      }
    });
  }

  async judge(response, pathname) {
    const method = response.request().method().toLowerCase();
    const where = `${method} ${pathname} ${response.status()}`;
    const operation = this.paths.find((one) => one.form.test(pathname))?.methods[method];
    if (operation === undefined) {
      return [`${where}: not described`];
    }
    const described = this.follow(operation.responses[response.status()] ?? operation.responses.default);
    const type = (response.headers()["content-type"] ?? "").split(";")[0];
    const schema = described?.content?.[type]?.schema;
    if (schema === undefined) {
      return response.status() === 204 ? [] : [`${where}: ${type} is not described`];
    }
    return type.endsWith("json") ? this.differences(await response.json(), schema, "").map((one) => `${where}: ${one}`) : [];
  }

  follow(part) {
    return part?.$ref ? part.$ref.slice(2).split("/").reduce((at, name) => at[name], this.document) : part;
  }

  differences(value, given, at) {
    const schema = this.follow(given);
    if (schema.anyOf) {
      const tried = schema.anyOf.map((one) => this.differences(value, one, at));
      return tried.some((one) => one.length === 0) ? [] : tried[0];
    }
    const types = schema.type === undefined ? [] : [schema.type].flat();
    if (types.length > 0 && !types.includes(typeOf(value)) && !(types.includes("number") && typeOf(value) === "integer")) {
      return [`${at || "body"} is ${typeOf(value)}, not ${types}`];
    }
    if (schema.enum && !schema.enum.includes(value)) {
      return [`${at} is none of its values: ${JSON.stringify(value)}`];
    }
    if (Array.isArray(value)) {
      return schema.items ? value.flatMap((one, i) => this.differences(one, schema.items, `${at}[${i}]`)) : [];
    }
    return value !== null && typeof value === "object" && schema.properties ? this.members(value, schema, at) : [];
  }

  members(value, schema, at) {
    const missing = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`);
    const unknown = schema.additionalProperties ? [] : Object.keys(value).filter((name) => !(name in schema.properties)).map((name) => `${at}.${name} is not described`);
    const held = Object.entries(value).filter(([name]) => name in schema.properties);
    return [...missing, ...unknown, ...held.flatMap(([name, one]) => this.differences(one, schema.properties[name], `${at}.${name}`))];
  }
}

function typeOf(value) {
  if (value === null) {
    return "null";
  }
  if (Array.isArray(value)) {
    return "array";
  }
  return Number.isInteger(value) ? "integer" : typeof value;
}
