/* SPDX-License-Identifier: Apache-2.0 */
/* The stream of events that resumes, and who may hear of what. */
#include "events/topics.h"
#include "world.h"

#include <stdio.h>

/* ---- what an event is about ---- */

static enum about_kind kind_of(const char *key, const char *payload, const char *builders)
{
    json_t *json = ci_mem_json(world.mem, json_loads(payload, JSON_DECODE_ANY, NULL));

    return about_of(key, json, builders, world.mem).kind;
}

static void about__finds_builders_and_projects(void **state)
{
    (void)state;
    assert_int_equal(ABOUT_BUILDERS, kind_of("builds/7/new", "{\"builderid\":3}", NULL));
    assert_int_equal(ABOUT_UNKNOWN, kind_of("builds/7/new", "{}", NULL));
    assert_int_equal(ABOUT_UNKNOWN, kind_of("steps/7/new", "{\"builderid\":3}", NULL));
    assert_int_equal(ABOUT_BUILDERS, kind_of("steps/7/new", "{}", "3"));
    assert_int_equal(ABOUT_BUILDERS, kind_of("buildsets/7/new", "{}", "3,4"));
    assert_int_equal(ABOUT_ALL, kind_of("buildsets/7/new", "{}", "0"));
    assert_int_equal(ABOUT_UNKNOWN, kind_of("steps/7/new", "{}", "3,x"));
    assert_int_equal(ABOUT_UNKNOWN, kind_of("steps/7/new", "{}", "-3"));
    /* A property may be called anything. */
    assert_int_equal(ABOUT_BUILDERS,
                     kind_of("builds/7/properties/update", "{\"builderid\":[3,\"x\"]}", "3"));
    assert_int_equal(ABOUT_UNKNOWN,
                     kind_of("builds/7/properties/update", "{\"builderid\":[3,\"x\"]}", NULL));
    assert_int_equal(ABOUT_PROJECT, kind_of("changes/1/new", "{\"project\":\"p\"}", NULL));
    assert_int_equal(ABOUT_PROJECT, kind_of("projects/1/update", "{\"name\":\"p\"}", NULL));
    assert_int_equal(ABOUT_SOURCES, kind_of("commits/1/new", "{}", NULL));
    assert_int_equal(ABOUT_ALL, kind_of("masters/1/started", "{}", NULL));
    assert_int_equal(ABOUT_DELIVERY,
                     kind_of("deliveries/1/new",
                             "{\"kind\":\"hook\",\"source\":\"gitea\",\"projects\":[]}", NULL));
    assert_int_equal(ABOUT_UNKNOWN,
                     kind_of("deliveries/1/new", "{\"kind\":\"hook\",\"source\":\"gitea\"}", NULL));
    assert_int_equal(ABOUT_UNKNOWN,
                     kind_of("deliveries/1/new",
                             "{\"kind\":\"hook\",\"source\":\"gitea\",\"projects\":[\"p\",1]}",
                             NULL));
    assert_int_equal(ABOUT_UNKNOWN, kind_of("secrets/1/new", "{}", NULL));
}

static bool hides(const char *key, const char *payload, const char *builders)
{
    static const int64_t ids[] = {3, 5, 9}, mixed[] = {6};
    static const char *const projects[] = {"dark"}, *const known[] = {"", "dark", "light"};
    const struct access_view limits = {
        .general = true,
        .builders = {ids,                                3},
        .projects = {(const char **)(uintptr_t)projects, 1},
        .schedulers = {(const char **)(uintptr_t)projects, 1},
        .change_sources = {(const char **)(uintptr_t)projects, 1},
        .repositories = {(const char **)(uintptr_t)projects, 1},
        .known = {(const char **)(uintptr_t)known,    3},
        .mixed = {mixed,                              1},
        .newest_builder = 10,
    };
    json_t *json = ci_mem_json(world.mem, json_loads(payload, JSON_DECODE_ANY, NULL));
    struct about about = about_of(key, json, builders, world.mem);

    assert_false(about_hidden(&about, NULL));
    return about_hidden(&about, &limits);
}

static void about__hides_what_may_not_be_read(void **state)
{
    (void)state;
    assert_true(hides("builds/7/new", "{\"builderid\":5}", NULL));
    assert_false(hides("builds/7/new", "{\"builderid\":4}", NULL));
    assert_true(hides("builds/7/new", "{\"builderid\":11}", NULL)); /* nobody has judged it yet */
    assert_true(hides("steps/7/new", "{}", "9"));
    assert_true(hides("steps/7/new", "{}", NULL));
    assert_true(hides("buildsets/7/new", "{}", "3,9"));
    assert_false(hides("buildsets/7/new", "{}", "3,4"));
    assert_true(hides("changes/7/new", "{\"project\":\"dark\"}", NULL));
    assert_false(hides("changes/7/new", "{\"project\":\"\"}", NULL));
    assert_true(hides("commits/7/new", "{}", NULL));
    assert_false(hides("workers/7/connected", "{}", NULL));
    assert_true(hides("builds/7/new", "{\"builderid\":6}", NULL));
    assert_true(hides("changes/7/new", "{\"project\":\"nobody's\"}", NULL));
    assert_true(hides("schedulers/7/updated", "{\"name\":\"dark\"}", NULL));
    assert_false(hides("schedulers/7/updated", "{\"name\":\"light\"}", NULL));
    assert_true(hides("elsewhere/7/new", "{}", NULL));
}

static bool hides_delivery(const char *kind, const char *source, const char *repository,
                           const char *projects)
{
    return hides("deliveries/7/new",
                 ci_mem_printf(world.mem,
                               "{\"kind\":\"%s\",\"source\":\"%s\",\"repository\":%s,"
                               "\"projects\":%s}",
                               kind, source, repository, projects),
                 NULL);
}

static void about__hides_deliveries_with_what_they_bring(void **state)
{
    struct about general = {.kind = ABOUT_DELIVERY};

    (void)state;
    assert_false(hides_delivery("hook", "gitea", "\"r\"", "[\"light\"]"));
    assert_false(hides_delivery("hook", "gitea", "\"r\"", "[\"\"]"));
    assert_false(hides_delivery("hook", "gitea", "null", "[]"));
    assert_true(hides_delivery("hook", "gitea", "\"r\"", "[\"light\",\"dark\"]"));
    assert_true(hides_delivery("hook", "gitea", "\"r\"", "[\"newer than the view\"]"));
    assert_true(hides_delivery("hook", "gitea", "\"dark\"", "[]"));
    assert_true(hides_delivery("poll", "dark", "null", "[]"));
    /* A dialect may be called as a poller is. */
    assert_false(hides_delivery("hook", "dark", "null", "[]"));
    /* One of no project is general. */
    assert_true(about_hidden(&general, &(struct access_view){.general = false}));
    assert_false(about_hidden(&general, &(struct access_view){.general = true}));
}

/* ---- reading ---- */

struct listener {
    struct hub_client client;
    int woken;
};

static void note_wake(struct hub_client *client)
{
    ((struct listener *)client)->woken++;
}

static void note_end(struct hub_client *client)
{
    (void)client;
}

static struct hub *hub;

static int begin(void **state)
{
    hub = hub_new();
    return world_begin(state);
}

static int end(void **state)
{
    hub_free(hub);
    return world_end(state);
}

static void listen_from(struct listener *one, const char *pattern, const char *last_id)
{
    *one = (struct listener){
        .client = {.wake = note_wake, .end = note_end, .last_id = last_id}
    };
    assert_true(hub_subscribe(hub, &one->client, pattern));
    hub_attach(hub, &one->client);
}

static struct ci_bus_message numbered(int64_t sequence)
{
    const char *payload = ci_mem_printf(world.mem, "{\"buildid\":%d,\"builderid\":%d}",
                                        (int)sequence, (int)(sequence % 2));

    return (struct ci_bus_message){
        .subject = ci_mem_printf(world.mem, "slipway.event.builds.%d.new", (int)sequence),
        .data = payload,
        .len = strlen(payload),
        .sequence = sequence,
    };
}

static bool tell(int64_t sequence)
{
    const struct ci_bus_message message = numbered(sequence);

    return hub_message(hub, &message);
}

static void fill(int64_t from, int64_t to)
{
    for (; from <= to; from++) {
        const struct ci_bus_message message = numbered(from);

        hub_fill(hub, &message);
    }
}

/* All that there is for the listener, as "ready 0|event 1|reload 3|id 7|". */
static const char *heard_at(struct listener *one, bool idle, int64_t us)
{
    struct ci_buf raw, out;
    char *save = NULL;
    const char *id = "";

    ci_buf_init(&raw, world.mem);
    ci_buf_init(&out, world.mem);
    (void)hub_read(hub, &one->client, 1 << 20, idle, (struct ci_mono){us}, &raw);
    if (!raw.len)
        return "";
    for (char *line = strtok_r(raw.text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        if (strncmp(line, "id: ", 4) == 0) {
            if (*id)
                ci_buf_printf(&out, "id %s|", id);
            id = strchr(line, '-') + 1;
        } else if (strncmp(line, "event: ", 7) == 0) {
            ci_buf_printf(&out, "%s %s|", line + 7, id);
            id = "";
        }
    }
    if (*id)
        ci_buf_printf(&out, "id %s|", id);
    return out.text;
}

static const char *heard(struct listener *one)
{
    return heard_at(one, false, 1);
}

static void events__come_with_numbers_and_resume(void **state)
{
    struct listener one, two;

    (void)state;
    hub_reset(hub, "e1", 0);
    listen_from(&one, "builds/*/*", NULL);
    assert_string_equal("ready 0|", heard(&one));
    assert_true(tell(1) && tell(2) && tell(3));
    assert_int_equal(3, one.woken);
    assert_string_equal("event 1|event 2|event 3|", heard(&one));
    listen_from(&two, "builds/*/*", "e1-1");
    assert_string_equal("ready 1|event 2|event 3|", heard(&two));
    assert_true(tell(3)); /* again */
    assert_true(tell(4));
    assert_string_equal("event 4|", heard(&one));
    assert_string_equal("event 4|", heard(&two));
    hub_detach(hub, &one.client);
    hub_detach(hub, &two.client);
}

static void events__tell_once_with_all_keys(void **state)
{
    struct listener one;
    struct ci_buf out;

    (void)state;
    hub_reset(hub, "e1", 0);
    listen_from(&one, "builds/*/*", NULL);
    heard(&one);
    assert_true(hub_subscribe(hub, &one.client, "workers/*/builds/*/*"));
    const char *payload = "{\"buildid\":7,\"builderid\":1,\"number\":3,\"workerid\":2}";
    assert_true(hub_message(hub, &(struct ci_bus_message){"slipway.event.builds.7.new", payload,
                                                          strlen(payload), NULL, 1}));
    ci_buf_init(&out, world.mem);
    hub_read(hub, &one.client, 10000, false, (struct ci_mono){1}, &out);
    assert_string_equal("id: e1-1\nevent: event\ndata: "
                        "{\"keys\":[\"builds/7/new\",\"workers/2/builds/7/new\"],\"message\":"
                        "{\"builderid\":1,\"buildid\":7,\"number\":3,\"workerid\":2}}\n\n",
                        out.text);
    hub_detach(hub, &one.client);
}

static void events__reload_where_they_cannot_resume(void **state)
{
    static const char *const strange[] = {
        "e0-1", "e1", "e1-", "e1-x", "e1-1x", "e1--1", "1", "-", "e1-99999999999999999999", "\n"};
    struct listener one;

    (void)state;
    hub_reset(hub, "e1", 10);
    fill(11, 13);
    for (size_t i = 0; i < CI_COUNT(strange); i++) {
        listen_from(&one, "builds/*/*", strange[i]);
        assert_string_equal("reload 13|", heard(&one));
        hub_detach(hub, &one.client);
    }
    listen_from(&one, "builds/*/*", "e1-9"); /* event 10 is kept no more */
    assert_string_equal("reload 13|", heard(&one));
    hub_detach(hub, &one.client);
    listen_from(&one, "builds/*/*", "e1-10");
    assert_string_equal("ready 10|event 11|event 12|event 13|", heard(&one));
    hub_reset(hub, "e2", 3);
    assert_string_equal("reload 3|", heard(&one));
    fill(4, 4);
    assert_string_equal("event 4|", heard(&one));
    hub_detach(hub, &one.client);
}

/* Another replica was a little faster. */
static void events__wait_for_the_place_of_the_client(void **state)
{
    struct listener one;

    (void)state;
    hub_reset(hub, "e1", 10);
    listen_from(&one, "builds/*/*", "e1-12");
    assert_string_equal("ready 12|", heard(&one));
    assert_true(tell(11) && tell(12));
    assert_string_equal("", heard(&one));
    assert_true(tell(13));
    assert_string_equal("event 13|", heard(&one));
    hub_detach(hub, &one.client);
}

static void events__fill_gaps_before_they_go_on(void **state)
{
    struct listener one;

    (void)state;
    hub_reset(hub, "e1", 0);
    listen_from(&one, "builds/*/*", NULL);
    heard(&one);
    assert_true(tell(1));
    assert_false(tell(4)); /* 2 and 3 did not come */
    assert_true(tell(5));
    assert_true(hub_holds(hub));
    assert_string_equal("event 1|", heard(&one));
    fill(2, 4);
    hub_filled(hub);
    assert_false(hub_holds(hub));
    assert_string_equal("event 2|event 3|event 4|event 5|", heard(&one));
    /* What has gone from the history too: ask anew. */
    assert_false(tell(9));
    fill(8, 8);
    hub_filled(hub);
    assert_string_equal("reload 9|", heard(&one));
    hub_detach(hub, &one.client);
}

static void events__reload_when_some_were_lost(void **state)
{
    const struct ci_bus_message lost = {"slipway.event.events.0.lost", "{}", 2, NULL, 0};
    struct listener one, two;

    (void)state;
    listen_from(&one, "builds/*/*", NULL);
    assert_string_equal("ready 0|", heard(&one));
    assert_true(tell(1));
    assert_true(hub_message(hub, &lost));
    assert_true(hub_message(hub, &lost));
    assert_true(tell(4));
    assert_string_equal("event 1|reload 2|", heard(&one));
    /* Once a second at most. */
    assert_string_equal("reload 3|event 4|", heard_at(&one, false, 2000000));
    listen_from(&two, "builds/*/*", one.client.epoch);
    hub_detach(hub, &two.client);
    listen_from(&two, "builds/*/*", ci_mem_printf(world.mem, "%s-1", one.client.epoch));
    assert_string_equal("ready 1|reload 2|", heard(&two));
    hub_detach(hub, &one.client);
    hub_detach(hub, &two.client);
}

static void events__keep_so_many(void **state)
{
    struct listener one, two;

    (void)state;
    hub_reset(hub, "e1", 0);
    fill(1, 20100);
    listen_from(&one, "none/*/*", "e1-99");
    assert_string_equal("reload 20100|", heard(&one));
    listen_from(&two, "none/*/*", "e1-100");
    assert_string_equal("ready 100|", heard(&two));
    /* Where it is though nothing was for it. */
    assert_string_equal("id 20100|", heard_at(&two, true, 1));
    hub_detach(hub, &one.client);
    hub_detach(hub, &two.client);
}

static void events__hide_what_may_not_be_read(void **state)
{
    static const int64_t hidden[] = {1};
    static const struct access_view limits = {
        .builders = {hidden, 1},
          .newest_builder = 10
    };
    struct listener one;

    (void)state;
    hub_reset(hub, "e1", 0);
    listen_from(&one, "builds/*/*", NULL);
    heard(&one);
    hub_limit(hub, &one.client, &limits);
    assert_true(tell(1) && tell(2) && tell(3) && tell(4));
    assert_int_equal(2, one.woken);
    assert_string_equal("event 2|event 4|", heard(&one));
    hub_limit(hub, &one.client, NULL);
    assert_true(tell(5));
    assert_string_equal("event 5|", heard(&one));
    hub_detach(hub, &one.client);
}

/* ---- the endpoint ---- */

static struct answer ask(const char *query)
{
    struct ci_request request =
        world_request("GET", ci_mem_printf(world.mem, "/api/v2/events%s", query));

    return world_call(events_get, &request);
}

static void events_get__checks_its_options(void **state)
{
    (void)state;
    assert_int_equal(400, ask("").status);
    assert_int_equal(400, ask("?path=").status);
    assert_int_equal(400, ask("?path=a//b").status);
    assert_int_equal(400, ask("?path=a/b&limit=3").status);
}

static const char *next(struct answer *answer)
{
    char *text = ci_mem_alloc(world.mem, 2001);
    ssize_t len = answer->response.stream->read(answer->response.stream->user, text, 2000);

    if (len < 0)
        return "end";
    text[len] = '\0';
    return text;
}

static void events_get__streams(void **state)
{
    struct answer answer = ask("?path=builds/*/*&path=steps/*/*");
    const char *payload = "{\"buildid\":7,\"builderid\":1}";

    (void)state;
    assert_int_equal(200, answer.status);
    assert_string_equal("text/event-stream", answer.response.content_type);
    assert_non_null(strstr(next(&answer), "event: ready\n"));
    assert_true(
        hub_message(world.www.hub, &(struct ci_bus_message){"slipway.event.builds.7.new", payload,
                                                            strlen(payload), NULL, 0}));
    assert_non_null(strstr(next(&answer), "\"keys\":[\"builds/7/new\"]"));
    answer.response.stream->free(answer.response.stream->user);
}

static void events_get__counts_streams(void **state)
{
    struct answer first, second;

    (void)state;
    world.settings.client_streams = 1;
    first = ask("?path=builds/*/*");
    second = ask("?path=builds/*/*");
    assert_int_equal(429, second.status);
    assert_string_equal("30", ci_response_get(&second.response, "Retry-After"));
    first.response.stream->free(first.response.stream->user);
    first = ask("?path=builds/*/*");
    assert_int_equal(200, first.status);
    first.response.stream->free(first.response.stream->user);
    world.settings.client_streams = 0;
}

#define hub_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(about__finds_builders_and_projects),
        world_test(about__hides_what_may_not_be_read),
        world_test(about__hides_deliveries_with_what_they_bring),
        hub_test(events__come_with_numbers_and_resume),
        hub_test(events__tell_once_with_all_keys),
        hub_test(events__reload_where_they_cannot_resume),
        hub_test(events__wait_for_the_place_of_the_client),
        hub_test(events__fill_gaps_before_they_go_on),
        hub_test(events__reload_when_some_were_lost),
        hub_test(events__keep_so_many),
        hub_test(events__hide_what_may_not_be_read),
        world_test(events_get__checks_its_options),
        world_test(events_get__streams),
        world_test(events_get__counts_streams),
    };

    return cmocka_run_group_tests_name("www.events", tests, world_open, world_close);
}
