// SPDX-License-Identifier: Apache-2.0
// A real OpenID Connect provider for tests: npm's oidc-provider, with its own pages to sign in and consent.
//
//     node server.js REDIRECT_URI...
//
// Prints `{"port": N}` once it listens, and ends when its standard input does, so that no test leaves it behind.
// Its client is "slipway" with the secret "s+cret/=1"; PKCE (S256) is required. Whoever signs in as NAME has the mail
// address NAME@example.org, verified unless the name begins with "u", and the groups staff and NAME-team.
//
//     POST /-/fault {"claims": {"aud": "x"}}    the next id_token has these claims besides, rightly signed
//     POST /-/fault {"signed": "other"}         ... is signed by another key ("secret": HS256, "none": not at all)
//     POST /-/fault {"drop": "userinfo"}        that end answers 500 once ("token", "jwks", "openid-configuration")

import http from "node:http";

import { SignJWT, decodeJwt, exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

const SECRET = "s+cret/=1";
let fault = {};

const key = await generateKeyPair("RS256", { extractable: true });
const other = await generateKeyPair("RS256", { extractable: true });

const server = http.createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address();
const issuer = `http://127.0.0.1:${port}`;

function claimsOf(sub) {
    return {
        sub,
        name: `${sub} of Test`,
        preferred_username: sub,
        email: `${sub}@example.org`,
        email_verified: !sub.startsWith("u"),
        groups: ["staff", `${sub}-team`],
    };
}

const provider = new Provider(issuer, {
    clients: [{
        client_id: "slipway",
        client_secret: SECRET,
        redirect_uris: process.argv.slice(2),
        response_types: ["code"],
        grant_types: ["authorization_code"],
    }],
    claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups"], email: ["email", "email_verified"] },
    cookies: { keys: ["tests only"] },
    findAccount: (context, sub) => ({ accountId: sub, claims: () => claimsOf(sub) }),
    jwks: { keys: [{ ...await exportJWK(key.privateKey), alg: "RS256", use: "sig", kid: "one" }] },
    pkce: { methods: ["S256"], required: () => true },
});

function part(value) {
    return Buffer.from(JSON.stringify(value)).toString("base64url");
}

async function forge(token, { claims, signed }) {
    const payload = { ...decodeJwt(token), ...claims };
    if (signed === "none") return `${part({ alg: "none" })}.${part(payload)}.`;
    if (signed === "secret") return new SignJWT(payload).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from(SECRET));
    const signer = signed === "other" ? other : key;
    return new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid: "one" }).sign(signer.privateKey);
}

provider.use(async (context, next) => {
    if (fault.drop && context.path.includes(fault.drop)) {
        fault = {};
        context.status = 500;
        context.body = "broken on purpose";
        return;
    }
    await next();
    if (context.path === "/token" && context.body?.id_token && (fault.claims || fault.signed)) {
        context.body.id_token = await forge(context.body.id_token, fault);
        fault = {};
    }
});

async function whole(stream) {
    const pieces = [];
    for await (const piece of stream) pieces.push(piece);
    return Buffer.concat(pieces);
}

const serve = provider.callback();
server.on("request", async (request, response) => {
    if (request.url !== "/-/fault") return serve(request, response);
    fault = JSON.parse(await whole(request));
    response.end();
});

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
console.log(JSON.stringify({ port }));
