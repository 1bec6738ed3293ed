/* SPDX-License-Identifier: Apache-2.0 */
#include "password.h"

#include <sodium.h>
#include <string.h>

/* OWASP's first choice for argon2id but for the memory, as for the workers: about 30 ms. */
enum { ARGON_OPS = 2, ARGON_MEMORY = 19 << 20 };
_Static_assert(PASSWORD_HASH >= crypto_pwhash_STRBYTES, "a hash fits");

void passwords_init(struct passwords *passwords)
{
    *passwords = (struct passwords){0};
    pthread_mutex_init(&passwords->slow, NULL);
}

void passwords_release(struct passwords *passwords)
{
    pthread_mutex_destroy(&passwords->slow);
}

/* The lock is held. */
static bool make(const char *password, char *out)
{
    return crypto_pwhash_str_alg(out, password, strlen(password), ARGON_OPS, ARGON_MEMORY,
                                 crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool password_hash(struct passwords *passwords, const char *password, char *out, struct ci_err *err)
{
    size_t len = strlen(password);

    if (len < PASSWORD_SHORTEST || len > PASSWORD_LONGEST)
        return ci_fail(err, CI_EINVALID, "password: %d to %d bytes", PASSWORD_SHORTEST,
                       PASSWORD_LONGEST);
    pthread_mutex_lock(&passwords->slow);
    bool made = make(password, out);
    pthread_mutex_unlock(&passwords->slow);
    return made || ci_fail(err, CI_EUNAVAILABLE, "no memory for a password's hash");
}

bool password_right(struct passwords *passwords, const char *password, const char *hash)
{
    if (strlen(password) > PASSWORD_LONGEST)
        return false;
    pthread_mutex_lock(&passwords->slow);
    if (!hash && !*passwords->dummy && !make("nobody's password", passwords->dummy))
        *passwords->dummy = '\0';
    bool right =
        crypto_pwhash_str_verify(hash ? hash : passwords->dummy, password, strlen(password)) == 0;
    pthread_mutex_unlock(&passwords->slow);
    return right && hash;
}
