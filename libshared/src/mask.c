/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the forms of secrets in bytes and hides them. */
#include "shared/mask.h"

#include "mask_internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * Every pattern begins with four bytes at least. A bit set says which groups
 * of four begin none, and that settles nearly every byte of a log; the rest
 * is looked up in a table of such groups. An automaton over all forms of a few
 * keys would take tens of MB and miss the caches; this takes 8 KB for the
 * common way.
 */
enum { WINDOW = 4, HASH_BITS = 16, HASH_SHIFT = 32 - HASH_BITS };

/* The patterns that begin with one group of four. */
struct run {
    uint32_t window;
    uint32_t first, count; /* count 0: no run here */
};

struct ci_mask {
    const struct pattern *patterns; /* by bytes, a prefix before what it begins */
    size_t count;
    struct run *runs; /* open addressing */
    size_t run_mask;  /* size - 1 */
    uint8_t bits[1 << (HASH_BITS - 3)];
};

struct ci_mask_stream {
    const struct ci_mask *mask;
    char *held;
    size_t held_len;
    /* Of the group of overlapping secrets that reaches into what is held. */
    size_t covered; /* bytes of it at the start of what is held */
    const char *name;
};

static uint32_t window_at(const char *data)
{
    uint32_t window;

    memcpy(&window, data, sizeof(window));
    return window;
}

static uint32_t hash(uint32_t window)
{
    return (window * UINT32_C(2654435761)) >> HASH_SHIFT;
}

static const struct run *find_run(const struct ci_mask *mask, uint32_t window)
{
    for (size_t i = hash(window);; i++) {
        const struct run *run = &mask->runs[i & mask->run_mask];

        if (run->count == 0 || run->window == window)
            return run;
    }
}

/* ---- building ---- */

static int by_bytes(const void *left, const void *right)
{
    const struct pattern *a = left, *b = right;
    int order = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);

    if (order != 0)
        return order;
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static bool same_bytes(const struct pattern *a, const struct pattern *b)
{
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static void sort(struct patterns *all)
{
    size_t kept = 0;

    qsort(all->items, all->count, sizeof(*all->items), by_bytes);
    for (size_t i = 0; i < all->count; i++) {
        if (kept == 0 || !same_bytes(&all->items[kept - 1], &all->items[i]))
            all->items[kept++] = all->items[i];
    }
    all->count = kept;
}

static void index_runs(struct ci_mask *mask)
{
    size_t size = 64;

    while (size < mask->count * 2)
        size *= 2;
    mask->runs = ci_mem_array(mask, struct run, size);
    mask->run_mask = size - 1;
    for (size_t i = 0; i < mask->count; i++) {
        uint32_t window = window_at(mask->patterns[i].text), bit = hash(window);
        struct run *run = &mask->runs[find_run(mask, window) - mask->runs];

        if (run->count++ == 0) {
            run->window = window;
            run->first = (uint32_t)i;
        }
        mask->bits[bit >> 3] |= (uint8_t)(1U << (bit & 7));
    }
}

static bool add_secret(struct patterns *all, const char *name, json_t *value, struct ci_err *err)
{
    struct ci_bytes trimmed;

    if (!json_is_string(value))
        return ci_fail(err, CI_EINVALID, "secret \"%s\" is not a text", name);
    trimmed = mask_trim(json_string_value(value), json_string_length(value));
    if (trimmed.len < CI_MASK_MIN)
        return ci_fail(err, CI_EINVALID,
                       "secret \"%s\" is shorter than %d bytes and cannot be hidden in logs", name,
                       CI_MASK_MIN);
    if (trimmed.len > CI_MASK_MAX)
        return ci_fail(err, CI_EINVALID,
                       "secret \"%s\" is longer than %d bytes and cannot be hidden in logs", name,
                       CI_MASK_MAX);
    patterns_add(all, ci_mem_strdup(all->mem, name), trimmed.data, trimmed.len);
    return true;
}

bool ci_mask_new(json_t *secrets, void *mem, const struct ci_mask **out, struct ci_err *err)
{
    struct ci_mask *mask = ci_mem_zero(mem, struct ci_mask);
    struct patterns all = {.mem = mask};
    const char *name;
    json_t *value;

    json_object_foreach(secrets, name, value) {
        if (!add_secret(&all, name, value, err)) {
            talloc_free(mask);
            return false;
        }
    }
    if (all.count > 0) {
        sort(&all);
        mask->patterns = all.items;
        mask->count = all.count;
        index_runs(mask);
    }
    *out = mask;
    return true;
}

bool ci_mask_is_empty(const struct ci_mask *mask)
{
    return !mask || mask->count == 0;
}

/* ---- matching ---- */

/* The first place from `i` whose four bytes may begin a pattern; beyond len - 4 when none does. */
static size_t next_candidate(const struct ci_mask *mask, const char *data, size_t i, size_t len)
{
    for (; i + WINDOW <= len; i++) {
        uint32_t bit = hash(window_at(data + i));

        if (mask->bits[bit >> 3] >> (bit & 7) & 1)
            break;
    }
    return i;
}

/* True when a pattern begins with these bytes, fewer than four. */
static bool may_begin(const struct ci_mask *mask, const char *data, size_t len)
{
    size_t low = 0, high = mask->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(mask->patterns[middle].text, data, len);

        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

struct match {
    size_t len; /* 0: none */
    const char *name;
    bool open; /* a longer one fits as far as the data goes */
};

/* The longest pattern at `data`, of which `left` bytes (at least four) are there. */
static struct match match_at(const struct ci_mask *mask, const char *data, size_t left)
{
    const struct run *run = find_run(mask, window_at(data));
    struct match match = {0};

    for (uint32_t i = run->first; i < run->first + run->count; i++) {
        const struct pattern *pattern = &mask->patterns[i];
        size_t compared = pattern->len < left ? pattern->len : left;

        if (memcmp(pattern->text, data, compared) != 0)
            continue;
        if (pattern->len > left) {
            match.open = true;
        } else if (pattern->len > match.len) {
            match.len = pattern->len;
            match.name = pattern->name;
        }
    }
    return match;
}

/* One run over bytes; what is hidden so far ends at `covered`, what is written at `done`. */
struct pass {
    const struct ci_mask *mask;
    const char *data;
    size_t len, done, covered;
    const char *name;  /* of the secret that ends at `covered` */
    bool final;        /* nothing follows */
    struct ci_buf out; /* text NULL: nothing had to be replaced */
};

static void hide(struct pass *pass, size_t at, const struct match *match, void *mem)
{
    size_t end = at + match->len;
    bool overlaps = at < pass->done;

    if (end <= pass->done)
        return;
    if (!pass->out.text)
        ci_buf_init(&pass->out, mem);
    if (!overlaps)
        ci_buf_add(&pass->out, pass->data + pass->done, at - pass->done);
    if (!overlaps || match->name != pass->name)
        ci_buf_printf(&pass->out, "<%s>", match->name);
    pass->name = match->name;
    pass->done = end;
}

/* Hides what can be decided; returns where the rest begins that has to wait. */
static size_t run_pass(struct pass *pass, void *mem)
{
    size_t at = 0;

    for (;;) {
        struct match match;

        at = next_candidate(pass->mask, pass->data, at, pass->len);
        if (at + WINDOW > pass->len)
            break;
        match = match_at(pass->mask, pass->data + at, pass->len - at);
        if (match.open && !pass->final)
            return at;
        if (match.len > 0)
            hide(pass, at, &match, mem);
        at++;
    }
    while (at < pass->len &&
           (pass->final || !may_begin(pass->mask, pass->data + at, pass->len - at)))
        at++;
    return at < pass->len ? at : pass->len;
}

/* Everything up to `stop`: a copy where something was replaced, else the data as it lies there. */
static struct ci_bytes passed(struct pass *pass, size_t stop)
{
    size_t plain = pass->done < stop ? stop - pass->done : 0;

    if (!pass->out.text)
        return (struct ci_bytes){pass->data + (plain > 0 ? pass->done : 0), plain};
    ci_buf_add(&pass->out, pass->data + pass->done, plain);
    return (struct ci_bytes){pass->out.text, pass->out.len};
}

/* ---- streams ---- */

struct ci_mask_stream *ci_mask_stream_new(const struct ci_mask *mask, void *mem)
{
    struct ci_mask_stream *stream = ci_mem_zero(mem, struct ci_mask_stream);

    stream->mask = mask;
    return stream;
}

static struct ci_bytes run_stream(struct ci_mask_stream *stream, struct ci_bytes in, bool final,
                                  void *mem)
{
    struct pass pass = {
        .mask = stream->mask,
        .data = in.data,
        .len = in.len,
        .done = stream->covered,
        .name = stream->name,
        .final = final,
    };
    size_t stop = run_pass(&pass, mem);

    ci_mem_free(stream->held);
    stream->held_len = in.len - stop;
    stream->held =
        stream->held_len > 0 ? ci_mem_dup(stream, pass.data + stop, in.len - stop) : NULL;
    stream->covered = pass.done > stop ? pass.done - stop : 0;
    stream->name = pass.name;
    return passed(&pass, stop);
}

struct ci_bytes ci_mask_feed(struct ci_mask_stream *stream, struct ci_bytes in, void *mem)
{
    char *joined;

    if (ci_mask_is_empty(stream->mask) || in.len == 0)
        return in;
    if (stream->held_len == 0)
        return run_stream(stream, in, false, mem);
    joined = ci_mem_alloc(mem, stream->held_len + in.len);
    memcpy(joined, stream->held, stream->held_len);
    memcpy(joined + stream->held_len, in.data, in.len);
    return run_stream(stream, (struct ci_bytes){joined, stream->held_len + in.len}, false, mem);
}

struct ci_bytes ci_mask_flush(struct ci_mask_stream *stream, void *mem)
{
    struct ci_bytes held = {NULL, stream->held_len};

    if (held.len == 0)
        return held;
    held.data = ci_mem_dup(mem, stream->held, held.len);
    return run_stream(stream, held, true, mem);
}

/* ---- texts ---- */

const char *ci_mask_text(const struct ci_mask *mask, void *mem, const char *text)
{
    struct pass pass = {.mask = mask, .data = text, .final = true};

    if (!text || ci_mask_is_empty(mask))
        return text;
    pass.len = strlen(text);
    (void)run_pass(&pass, mem);
    if (!pass.out.text)
        return text;
    (void)passed(&pass, pass.len);
    return pass.out.text;
}
