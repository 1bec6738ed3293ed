// SPDX-License-Identifier: Apache-2.0
// Checks an OpenAPI document: node lint.js FILE. Prints what is wrong and exits with 1 if anything is.
import { readFile } from "node:fs/promises";

import { createConfig, lintFromString } from "@redocly/openapi-core";

// Of the recommended rules, without what can't be otherwise here:
const rules = {
    "no-ambiguous-paths": "off", // config/current beside config/{version}: the concrete one wins, as OpenAPI says
    "operation-2xx-response": "error",
    "operation-4xx-response": "error",
    "operation-operationId-unique": "error",
    "operation-operationId-url-safe": "error",
    "path-params-defined": "error",
    "no-unused-components": "error",
    "no-invalid-schema-examples": "error",
    "security-defined": "error",
    "tag-description": "error",
};

const source = await readFile(process.argv[2], "utf8");
const config = await createConfig({ extends: ["recommended"], rules });
const problems = await lintFromString({ source, absoluteRef: process.argv[2], config });
for (const problem of problems) {
    const where = problem.location.map((location) => location.pointer).join(" ");
    console.error(`${problem.severity} ${problem.ruleId}: ${problem.message} at ${where}`);
}
console.log(`${problems.length} problems in ${Object.keys(JSON.parse(source).paths).length} paths`);
process.exit(problems.length ? 1 : 0);
