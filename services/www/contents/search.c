/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the looks of a search and answers their hits, group by group. */
#include "contents/search.h"

#include "access/access.h"
#include "access/origin.h"
#include "reply.h"
#include "rest/rest.h"
#include "shared/http_client.h"
#include "www_sql.h"

#include <stdlib.h>
#include <string.h>

enum { LIMIT_DEFAULT = 10, LIMIT_MOST = 50 };

static const struct ci_field hit_fields[] = {
    CI_FIELD(struct search_hit, title, 0),
    CI_FIELD(struct search_hit, path, 0),
    CI_FIELD(struct search_hit, text, 0),
    CI_FIELD(struct search_hit, at, 0),
};
static const struct ci_record hit_record = CI_RECORD("search_hit", struct search_hit, hit_fields);

static const struct ci_field group_fields[] = {
    CI_FIELD(struct search_group, type, 0),
    CI_FIELD_LIST(struct search_group, results, &hit_record, 0),
};
const struct ci_record search_group_record =
    CI_RECORD("search_group", struct search_group, group_fields);

/* What a search works with. */
struct search {
    struct www *www;
    const struct ci_request *request;
    struct search_terms terms;
    bool narrowed; /* by revision, branch or author: changes and their builds alone are meant */
    int64_t limit;
    struct access_view view;
};

/* ---- the looks: each says whether the query asks for it, and its arguments ---- */

struct look_args {
    struct ci_arg args[6];
    size_t count;
};

static void add(struct look_args *args, struct ci_arg arg)
{
    args->args[args->count++] = arg;
}

static bool ask_builders(const struct search *search, struct look_args *out)
{
    add(out, ci_arg_str(search->terms.text));
    return search->terms.text && !search->narrowed;
}

static bool ask_numbers(const struct search *search, struct look_args *out)
{
    add(out, ci_arg_str(search->terms.builder));
    add(out, ci_arg_i64(search->terms.number));
    return search->terms.number && !search->narrowed;
}

static bool ask_revisions(const struct search *search, struct look_args *out)
{
    add(out, ci_arg_str(search->terms.revision));
    return search->terms.revision != NULL;
}

/* Changes of that revision, whatever else their words are. */
static bool ask_revised(const struct search *search, struct look_args *out)
{
    add(out, ci_arg_str(search->terms.revision));
    add(out, ci_arg_str(search->terms.branch));
    add(out, ci_arg_str(search->narrowed ? search->terms.words : NULL));
    return search->terms.revision != NULL;
}

static bool ask_worded(const struct search *search, struct look_args *out)
{
    add(out, ci_arg_str(NULL));
    add(out, ci_arg_str(search->terms.branch));
    add(out, ci_arg_str(search->terms.words));
    return (search->terms.words || search->terms.branch) &&
           !(search->narrowed && search->terms.revision);
}

static bool ask_branches(const struct search *search, struct look_args *out)
{
    add(out, ci_arg_str(search->terms.branch_pattern));
    add(out, ci_arg_str(search->terms.text));
    return search->terms.text && !search->narrowed;
}

static bool ask_tests(const struct search *search, struct look_args *out)
{
    add(out, ci_arg_str(search->terms.text));
    add(out, ci_arg_str(search->terms.branch_pattern)); /* the text's beginning, too */
    return search->terms.text && !search->narrowed;
}

enum hides { HIDES_BUILDERS, HIDES_PROJECTS };

/* Looks of one type stand together. The statements' last arguments are what is hidden, and the
 * limit. */
static const struct look {
    const char *type;
    const struct ci_stmt *stmt;
    bool (*ask)(const struct search *search, struct look_args *out);
    enum hides hides;
    const char *option; /* the title goes into the path as this option's value; NULL: it does not */
} looks[] = {
    {"builders", &sql_search_builders,  ask_builders,  HIDES_BUILDERS, NULL    },
    {"builds",   &sql_search_numbers,   ask_numbers,   HIDES_BUILDERS, NULL    },
    {"builds",   &sql_search_revisions, ask_revisions, HIDES_BUILDERS, NULL    },
    {"changes",  &sql_search_changes,   ask_revised,   HIDES_PROJECTS, NULL    },
    {"changes",  &sql_search_changes,   ask_worded,    HIDES_PROJECTS, NULL    },
    {"branches", &sql_search_branches,  ask_branches,  HIDES_PROJECTS, "branch"},
    {"tests",    &sql_search_tests,     ask_tests,     HIDES_BUILDERS, "name"  },
};

/* ---- running them ---- */

static void add_option(struct ci_list rows, const char *option, void *mem)
{
    CI_FOREACH(struct search_hit, hit, rows)
        hit->path = ci_mem_printf(mem, "%s?%s=%s", hit->path, option,
                                  ci_url_encode(mem, hit->title, false));
}

static bool is_among(struct ci_list hits, const char *path)
{
    CI_FOREACH(const struct search_hit, hit, hits) {
        if (strcmp(hit->path, path) == 0)
            return true;
    }
    return false;
}

/* Appends those that are new, up to the limit. */
static void merge(const struct search *search, struct ci_list rows, struct ci_list *hits)
{
    if (!hits->items)
        hits->items = ci_mem_array(search->request->mem, struct search_hit, (size_t)search->limit);
    CI_FOREACH(const struct search_hit, row, rows) {
        if ((int64_t)hits->count < search->limit && !is_among(*hits, row->path))
            ((struct search_hit *)hits->items)[hits->count++] = *row;
    }
}

/* Planned for its very values: rare and frequent words want different plans. */
static bool run_look(const struct search *search, struct ci_tx *tx, const struct look *look,
                     struct ci_list *hits, struct ci_err *err)
{
    void *mem = search->request->mem;
    struct look_args args = {0};
    struct ci_list rows;

    if (!look->ask(search, &args))
        return true;
    if (look->hides == HIDES_BUILDERS) {
        add(&args, ci_arg_i64s(search->view.builders));
        add(&args, ci_arg_strs(search->view.sources));
    } else {
        add(&args, ci_arg_strs(search->view.projects));
    }
    add(&args, ci_arg_i64(search->limit));
    if (!ci_db_rows_text(tx, look->stmt->text, args.args, args.count, &hit_record, mem, &rows, err))
        return false;
    if (look->option)
        add_option(rows, look->option, mem);
    merge(search, rows, hits);
    return true;
}

static bool run(struct search *search, const struct identity *who, json_t *groups,
                struct ci_err *err)
{
    void *mem = search->request->mem;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(search->www->app->db, &tx, err) ||
        !ci_db_exec(&tx, &sql_search_bound, CI_NO_ARGS, NULL, err) ||
        !access_view(search->www, &tx, who, mem, &search->view, err))
        return false;
    for (size_t i = 0; i < CI_COUNT(looks);) {
        struct search_group group = {.type = looks[i].type};

        for (; i < CI_COUNT(looks) && strcmp(looks[i].type, group.type) == 0; i++)
            if (!run_look(search, &tx, &looks[i], &group.results, err))
                return false;
        if (group.results.count)
            json_array_append_new(groups, ci_record_to_json(&search_group_record, &group));
    }
    return true;
}

static bool read_limit(const struct ci_request *request, int64_t *out)
{
    const char *text = ci_request_query(request, "limit");
    char *end = NULL;

    *out = text ? strtoll(text, &end, 10) : LIMIT_DEFAULT;
    if (text && (!*text || *end || *out < 1))
        return false;
    *out = *out > LIMIT_MOST ? LIMIT_MOST : *out;
    return true;
}

/* False: refused, and answered. */
static bool read_query(struct search *search, struct ci_response *response)
{
    const struct ci_request *request = search->request;
    const char *revision = ci_request_query(request, "revision");
    const char *branch = ci_request_query(request, "branch");
    const char *author = ci_request_query(request, "author");

    if (!origin_allows(search->www, request, response))
        return !reply_error(request, response, 400, "invalid origin");
    if (!read_limit(request, &search->limit))
        return !reply_error(request, response, 400, "invalid limit");
    search->narrowed = (revision && *revision) || (branch && *branch) || (author && *author);
    search->terms =
        search_terms_of(ci_request_query(request, "q"), revision, branch, author, request->mem);
    if (!search->terms.text && !search->narrowed)
        return !reply_error(request, response, 400, "one of q, revision, branch, author is needed");
    return true;
}

bool search_get(void *service, const struct ci_request *request, struct ci_response *response,
                struct ci_err *err)
{
    struct search search = {.www = www_of(service), .request = request};
    const struct identity *who;

    if (!read_query(&search, response))
        return true;
    if (!access_check(search.www, request, CI_ACTION_READ, NULL, &who, err))
        return false;
    json_t *groups = json_array();
    if (!run(&search, who, groups, err)) {
        json_decref(groups);
        return false;
    }
    reply_json(request, response, json_pack("{s:o, s:{}}", "search", groups, "meta"));
    return true;
}
