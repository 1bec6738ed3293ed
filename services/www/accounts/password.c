/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/password.h"

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

/* In one's turn. */
static bool make(const char *password, char *out)
{
    return crypto_pwhash_str_alg(out, password, strlen(password), ARGON_OPS, ARGON_MEMORY,
                                 crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool password_turn(struct passwords *passwords, struct ci_err *err)
{
    if (atomic_fetch_add(&passwords->waiting, 1) >= PASSWORD_WAITING) {
        atomic_fetch_sub(&passwords->waiting, 1);
        return ci_fail(err, CI_EUNAVAILABLE, "too many sign-ins at once: try again");
    }
    pthread_mutex_lock(&passwords->slow);
    return true;
}

void password_turn_end(struct passwords *passwords)
{
    pthread_mutex_unlock(&passwords->slow);
    atomic_fetch_sub(&passwords->waiting, 1);
}

bool password_hash(struct passwords *passwords, const char *password, char *out, struct ci_err *err)
{
    size_t len = strlen(password);

    if (len < PASSWORD_SHORTEST || len > PASSWORD_LONGEST)
        return ci_fail(err, CI_EINVALID, "password: %d to %d bytes", PASSWORD_SHORTEST,
                       PASSWORD_LONGEST);
    if (!password_turn(passwords, err))
        return false;
    bool made = make(password, out);
    password_turn_end(passwords);
    return made || ci_fail(err, CI_EUNAVAILABLE, "no memory for a password's hash");
}

bool password_right(struct passwords *passwords, const char *password, const char *hash)
{
    if (strlen(password) > PASSWORD_LONGEST)
        return false;
    if (!hash && !*passwords->dummy && !make("nobody's password", passwords->dummy))
        *passwords->dummy = '\0';
    bool right =
        crypto_pwhash_str_verify(hash ? hash : passwords->dummy, password, strlen(password)) == 0;
    return right && hash;
}
