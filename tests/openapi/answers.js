// SPDX-License-Identifier: Apache-2.0
// Asks a running system every GET of its OpenAPI document and checks the answers by the document's schemas:
// node answers.js DOCUMENT URL TOKEN '{"builder": "app", ...}'. What is a path's value and not named there is 1.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

// The validator that the linter stands on.
const require = createRequire(import.meta.url);
const { default: Ajv } = createRequire(require.resolve("@redocly/openapi-core"))("@redocly/ajv/dist/2020.js");

const [file, url, token, given] = process.argv.slice(2);
const document = JSON.parse(await readFile(file, "utf8"));
const values = JSON.parse(given);

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(document, "document");
const pointer = (part) => part.replaceAll("~", "~0").replaceAll("/", "~1");

const seen = { checked: 0, absent: 0, wrong: [] };
for (const [path, item] of Object.entries(document.paths)) {
    if (!item.get?.responses["200"]?.content?.["application/json"]) continue;
    const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? 1));
    const query = path === "/api/v2/search" ? "?q=app" : "";
    const answer = await fetch(url + filled + query, {
        headers: { Accept: "application/json", Authorization: `Bearer ${token}` },
    });
    const text = await answer.text();
    if (answer.status === 404) {
        seen.absent++;
        continue;
    }
    if (answer.status !== 200) {
        seen.wrong.push(`${filled}: ${answer.status} ${text.slice(0, 200)}`);
        continue;
    }
    const at = ["paths", path, "get", "responses", "200", "content", "application/json", "schema"].map(pointer).join("/");
    const schema = { $ref: `document#/${encodeURI(at).replaceAll("{", "%7B").replaceAll("}", "%7D")}` };
    if (!ajv.validate(schema, JSON.parse(text))) seen.wrong.push(`${filled}: ${ajv.errorsText(ajv.errors).slice(0, 300)}`);
    // A schema that takes anything would prove nothing.
    const { required } = item.get.responses["200"].content["application/json"].schema;
    if (required?.length && ajv.validate(schema, {})) seen.wrong.push(`${filled}: the schema takes anything`);
    seen.checked++;
}
console.log(JSON.stringify(seen));
