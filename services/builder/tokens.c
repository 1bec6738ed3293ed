/* SPDX-License-Identifier: Apache-2.0 */
/* Session tokens that this replica has looked up. */
#include "tokens.h"

#include "hash.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct token {
    unsigned char hash[TOKENS_HASH]; /* the key */
    struct ci_principal who;         /* name owned */
    UT_hash_handle hh;
    UT_hash_handle by_worker;
};

struct tokens {
    pthread_mutex_t lock;
    struct token *all;     /* guarded by lock, by hash */
    struct token *workers; /* guarded by lock, by who.id: the newest token of each */
};

struct tokens *tokens_new(void)
{
    struct tokens *tokens = calloc(1, sizeof(*tokens));

    if (!tokens)
        abort();
    pthread_mutex_init(&tokens->lock, NULL);
    return tokens;
}

static void token_free(struct tokens *tokens, struct token *token)
{
    HASH_DEL(tokens->all, token);
    HASH_DELETE(by_worker, tokens->workers, token);
    free((void *)(uintptr_t)token->who.name);
    free(token);
}

void tokens_free(struct tokens *tokens)
{
    if (!tokens)
        return;
    while (tokens->all)
        token_free(tokens, tokens->all);
    pthread_mutex_destroy(&tokens->lock);
    free(tokens);
}

bool tokens_get(struct tokens *tokens, const void *hash, void *mem, struct ci_principal *out)
{
    struct token *token = NULL;

    pthread_mutex_lock(&tokens->lock);
    HASH_FIND(hh, tokens->all, hash, TOKENS_HASH, token);
    if (token) {
        *out = token->who;
        out->name = ci_mem_strdup(mem, token->who.name);
    }
    pthread_mutex_unlock(&tokens->lock);
    return token != NULL;
}

/* A worker has one entry, of the newest session that came by. */
void tokens_put(struct tokens *tokens, const void *hash, const struct ci_principal *who)
{
    struct token *token = calloc(1, sizeof(*token)), *old = NULL;

    if (!token)
        abort();
    memcpy(token->hash, hash, TOKENS_HASH);
    token->who = *who;
    token->who.name = strdup(who->name);
    pthread_mutex_lock(&tokens->lock);
    HASH_FIND(by_worker, tokens->workers, &who->id, sizeof(who->id), old);
    if (old)
        token_free(tokens, old);
    HASH_ADD(hh, tokens->all, hash, TOKENS_HASH, token);
    HASH_ADD(by_worker, tokens->workers, who.id, sizeof(who->id), token);
    pthread_mutex_unlock(&tokens->lock);
}

void tokens_drop(struct tokens *tokens, int64_t workerid, int64_t session)
{
    struct token *token = NULL;

    pthread_mutex_lock(&tokens->lock);
    HASH_FIND(by_worker, tokens->workers, &workerid, sizeof(workerid), token);
    if (token && token->who.session <= session)
        token_free(tokens, token);
    pthread_mutex_unlock(&tokens->lock);
}
