// SPDX-License-Identifier: Apache-2.0
// A strict S3 server for tests: s3rver behind a front that checks every signature and payload hash, and fails when told.
//
//     node server.js FOLDER
//
// Prints `{"port": N}` once it listens, and ends when its standard input does, so that no test leaves it behind.
// Its one bucket is "slipway"; the keys are S3RVER and S3RVER, the region us-east-1; "bucket.s3.localhost" works too.
//
// s3rver takes any SigV4 signature; aws4, which signs requests on its own, says here what the right one is.
//
//     POST /-/faults {"count": 2, "status": 503, "code": "SlowDown"}   what the next 2 requests get
//     POST /-/faults {"count": 1, "drop": true}                        the connection ends without an answer
//     GET /-/count                                                     {"requests": N} since the start

import crypto from "node:crypto";
import http from "node:http";

import aws4 from "aws4";
import S3rver from "s3rver";

const KEY = "S3RVER";
const SECRET = "S3RVER";
const REGION = "us-east-1";
const BUCKET = "slipway";

const faults = { count: 0 };
let requests = 0;

function sha256(bytes) {
    return crypto.createHash("sha256").update(bytes).digest("hex");
}

async function whole(stream) {
    const pieces = [];
    for await (const piece of stream) pieces.push(piece);
    return Buffer.concat(pieces);
}

function fail(response, status, code) {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>a &lt;test&gt;</Message></Error>`;
    response.writeHead(status, { "Content-Type": "application/xml", "Content-Length": Buffer.byteLength(xml) }).end(xml);
}

// "AWS4-HMAC-SHA256 Credential=..., SignedHeaders=a;b, Signature=..." in its parts, or null.
function authorization(text = "") {
    const match = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(text);
    return match && { credential: match[1], signed: match[2].split(";"), signature: match[3] };
}

// The code of S3 that says what is wrong with the request's signature; null when it is right.
function complaint(request, body) {
    const given = authorization(request.headers.authorization);
    if (!given) return "AccessDenied";
    const hash = request.headers["x-amz-content-sha256"];
    if (hash !== sha256(body)) return "XAmzContentSHA256Mismatch";
    for (const needed of ["host", "x-amz-date", "x-amz-content-sha256"])
        if (!given.signed.includes(needed)) return "AccessDenied";
    const signer = new aws4.RequestSigner(
        {
            service: "s3",
            region: REGION,
            method: request.method,
            path: request.url,
            headers: Object.fromEntries(given.signed.map((name) => [name, request.headers[name] ?? ""])),
            extraHeadersToInclude: Object.fromEntries(given.signed.map((name) => [name, true])),
            doNotModifyHeaders: true,
        },
        { accessKeyId: KEY, secretAccessKey: SECRET },
    );
    signer.datetime = request.headers["x-amz-date"];
    if (given.credential.split("/")[0] !== KEY) return "InvalidAccessKeyId";
    if (given.credential !== `${KEY}/${signer.credentialString()}`) return "AuthorizationHeaderMalformed";
    return signer.signature() === given.signature ? null : "SignatureDoesNotMatch";
}

async function control(request, response) {
    if (request.url === "/-/faults") Object.assign(faults, { drop: false }, JSON.parse((await whole(request)).toString()));
    const text = JSON.stringify({ requests });
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": text.length }).end(text);
}

function forward(port, request, body, response) {
    const { method, url: path, headers } = request;
    const onward = http.request({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    onward.end(body);
}

async function serve(port, request, response) {
    if (request.url.startsWith("/-/")) return control(request, response);
    requests++;
    const body = await whole(request);
    if (faults.count > 0) {
        faults.count--;
        return faults.drop ? request.socket.destroy() : fail(response, faults.status, faults.code);
    }
    const wrong = complaint(request, body);
    return wrong ? fail(response, wrong === "XAmzContentSHA256Mismatch" ? 400 : 403, wrong) : forward(port, request, body, response);
}

// s3rver veils its continuation tokens by DES, which OpenSSL 3 no longer has; any other cipher does as well.
for (const name of ["createCipheriv", "createDecipheriv"]) {
    const real = crypto[name];
    crypto[name] = (algorithm, key, iv) =>
        algorithm === "des"
            ? real("aes-128-cbc", Buffer.concat([key, key]), Buffer.concat([iv, iv]))
            : real(algorithm, key, iv);
}

const store = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory: process.argv[2],
    serviceEndpoint: "localhost",
    configureBuckets: [{ name: BUCKET }],
});
const { port } = await store.run();
const front = http.createServer((request, response) => {
    serve(port, request, response).catch((error) => {
        console.error(error);
        response.destroy();
    });
});
front.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: front.address().port })));
process.stdin.on("end", () => process.exit(0)).resume();
