/* SPDX-License-Identifier: Apache-2.0 */
/* Session tokens that this replica has looked up. */
#include "tokens.h"

#include "map.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct token {
    unsigned char hash[TOKENS_HASH];
    int64_t workerid, session;
    char *name;
};

struct tokens {
    pthread_mutex_t lock;
    struct map *by_hash;   /* guarded by lock; owns the tokens */
    struct map *by_worker; /* guarded by lock: the newest token of each */
};

struct tokens *tokens_new(void)
{
    struct tokens *tokens = calloc(1, sizeof(*tokens));

    if (!tokens)
        abort();
    pthread_mutex_init(&tokens->lock, NULL);
    tokens->by_hash = map_new(TOKENS_HASH);
    tokens->by_worker = map_new(sizeof(int64_t));
    return tokens;
}

static void token_free(struct token *token)
{
    if (!token)
        return;
    free(token->name);
    free(token);
}

void tokens_free(struct tokens *tokens)
{
    if (!tokens)
        return;
    while (map_count(tokens->by_hash) > 0)
        token_free(map_take_any(tokens->by_hash));
    map_free(tokens->by_hash);
    map_free(tokens->by_worker);
    pthread_mutex_destroy(&tokens->lock);
    free(tokens);
}

bool tokens_get(struct tokens *tokens, const void *hash, void *mem, struct ci_principal *out)
{
    const struct token *token;

    pthread_mutex_lock(&tokens->lock);
    token = map_get(tokens->by_hash, hash);
    if (token)
        *out = (struct ci_principal){
            .role = CI_ROLE_AGENT,
            .id = token->workerid,
            .session = token->session,
            .name = ci_mem_strdup(mem, token->name),
        };
    pthread_mutex_unlock(&tokens->lock);
    return token != NULL;
}

/* A worker has one entry, of the session that came by last. */
void tokens_put(struct tokens *tokens, const void *hash, const struct ci_principal *who)
{
    struct token *token = calloc(1, sizeof(*token)), *old;

    if (!token)
        abort();
    memcpy(token->hash, hash, TOKENS_HASH);
    token->workerid = who->id;
    token->session = who->session;
    token->name = strdup(who->name);
    pthread_mutex_lock(&tokens->lock);
    old = map_put(tokens->by_worker, &token->workerid, token);
    if (old)
        (void)map_take(tokens->by_hash, old->hash);
    (void)map_put(tokens->by_hash, token->hash, token);
    pthread_mutex_unlock(&tokens->lock);
    token_free(old);
}

void tokens_drop(struct tokens *tokens, int64_t workerid, int64_t session)
{
    struct token *token;

    pthread_mutex_lock(&tokens->lock);
    token = map_get(tokens->by_worker, &workerid);
    if (token && token->session <= session) {
        (void)map_take(tokens->by_worker, &workerid);
        (void)map_take(tokens->by_hash, token->hash);
    } else {
        token = NULL;
    }
    pthread_mutex_unlock(&tokens->lock);
    token_free(token);
}
