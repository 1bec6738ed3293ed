// SPDX-License-Identifier: Apache-2.0
// The demo through a client generated from the OpenAPI document: node demo.js URL TOKEN BUILDER SCHEDULER.
// Lists the builders, forces a build, waits for it and reads its log; prints what it saw as JSON.
import createClient from "openapi-fetch";

import type { paths } from "./schema.js";

const [url, token, builder, scheduler] = process.argv.slice(2) as [string, string, string, string];

const client = createClient<paths>({
    baseUrl: url,
    headers: { Accept: "application/json", Authorization: `Bearer ${token}` },
    // The filters are options of their own, lists are repeated keys.
    querySerializer: { array: { style: "form", explode: true }, object: { style: "form", explode: true } },
});

// What was asked for, or the error that came instead.
function got<T>(answer: { data?: T; error?: unknown; response: Response }): T {
    if (answer.data === undefined)
        throw new Error(`${answer.response.url}: ${answer.response.status} ${JSON.stringify(answer.error)}`);
    return answer.data;
}

function only<T>(list: T[]): T {
    if (list.length !== 1) throw new Error(`${list.length} where one was asked for`);
    return list[0]!;
}

const builders = got(await client.GET("/api/v2/builders", { params: { query: { field: ["name"], order: ["name"] } } }));

const forced = got(
    await client.POST("/api/v2/forceschedulers/{schedulername}", {
        params: { path: { schedulername: scheduler } },
        body: { jsonrpc: "2.0", method: "force", id: 1, params: { builderNames: [builder], reason: "the demo" } },
    }),
);
const requestid = Object.values((forced.result as [number, Record<string, number>])[1])[0]!;

async function finished(): Promise<number> {
    for (;;) {
        const request = only(
            got(await client.GET("/api/v2/buildrequests/{buildrequestid}", { params: { path: { buildrequestid: requestid } } }))
                .buildrequests,
        );
        if (request.complete) return request.results;
        await new Promise((wake) => setTimeout(wake, 50));
    }
}

const results = await finished();
const build = only(
    got(await client.GET("/api/v2/buildrequests/{buildrequestid}/builds", {
        params: { path: { buildrequestid: requestid }, query: { filter: { number__gt: 0, complete: true }, limit: 10 } },
    })).builds,
);
const page = only(got(await client.GET("/api/v2/builds/{buildid}/page", { params: { path: { buildid: build.buildid } } })).pages);
const logs = page.steps.flatMap((step) => step.logs);
const log = logs[logs.length - 1]!;
const lines = only(
    got(await client.GET("/api/v2/logs/{logid}/contents", { params: { path: { logid: log.logid } } })).logchunks,
).content;
const found = got(await client.GET("/api/v2/search", { params: { query: { q: `${builder}/${build.number}` } } })).search;

// Neither a wrong path nor a wrong token is mistaken for an answer.
const missing = await client.GET("/api/v2/builds/{buildid}", { params: { path: { buildid: 999999 } } });
if (!missing.error?.error) throw new Error("a build that is not there was found");

console.log(
    JSON.stringify({
        builders: builders.builders.map((row) => row.name),
        results,
        number: build.number,
        steps: page.steps.map((step) => step.name),
        lines,
        found: found.flatMap((group) => group.results.map((hit) => hit.path)),
        missing: missing.response.status,
    }),
);
