/* SPDX-License-Identifier: Apache-2.0 */
/* Live events: keys, patterns, the hub, the commands of /ws, the stream of /sse. */
#include "events/topics.h"
#include "events/ws.h"
#include "world.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void topic__matches_segment_by_segment(void **state)
{
    (void)state;
    assert_true(topic_matches("builds/7/new", "builds/7/new"));
    assert_true(topic_matches("builds/*/new", "builds/7/new"));
    assert_true(topic_matches("*/*/*", "builds/7/new"));
    assert_false(topic_matches("builds/*", "builds/7/new"));
    assert_false(topic_matches("builds/*/*/*", "builds/7/new"));
    assert_false(topic_matches("builds/7/*", "builds/77/new"));
    assert_false(topic_matches("builds/7*/new", "builds/77/new"));
    assert_false(topic_matches("build/7/new", "builds/7/new"));
}

static void topic__is_valid(void **state)
{
    (void)state;
    assert_true(topic_is_valid("builds"));
    assert_true(topic_is_valid("builds/*/*"));
    assert_false(topic_is_valid(""));
    assert_false(topic_is_valid("/builds"));
    assert_false(topic_is_valid("builds/"));
    assert_false(topic_is_valid("builds//new"));
    assert_false(topic_is_valid("a/b/c/d/e/f/g/h/i/j/k/l/m"));
}

static void assert_keys(const char *subject, const char *payload, const char *wanted)
{
    const char *keys[TOPIC_KEYS];
    CI_AUTO_MEM mem = ci_mem_new();
    json_t *json = ci_mem_json(mem, json_loads(payload, 0, NULL));
    size_t count = topics_of(subject, json, mem, keys);
    struct ci_buf all;

    ci_buf_init(&all, mem);
    for (size_t i = 0; i < count; i++)
        ci_buf_printf(&all, "%s%s", i ? " " : "", keys[i]);
    assert_string_equal(wanted, all.text);
}

static void topic__gives_every_key_of_a_resource(void **state)
{
    (void)state;
    assert_keys("slipway.event.builds.7.finished",
                "{\"buildid\":7,\"builderid\":1,\"number\":3,\"workerid\":2}",
                "builds/7/finished builders/1/builds/3/finished workers/2/builds/7/finished");
    assert_keys("slipway.event.builds.7.properties.update", "{\"a\":[1,\"b\"]}",
                "builds/7/properties/update");
    assert_keys("slipway.event.buildrequests.4.new",
                "{\"buildrequestid\":4,\"builderid\":1,\"buildsetid\":9}",
                "buildrequests/4/new builders/1/buildrequests/4/new "
                "buildsets/9/builders/1/buildrequests/4/new");
    assert_keys("slipway.event.steps.5.started", "{\"stepid\":5,\"buildid\":7}",
                "steps/5/started builds/7/steps/5/started");
    assert_keys("slipway.event.commits.5.new", "{\"commitid\":5,\"codebaseid\":2}",
                "commits/5/new codebases/2/commits/5/new");
    assert_keys("slipway.event.logs.6.append", "{\"logid\":6,\"stepid\":5,\"slug\":\"stdio\"}",
                "logs/6/append steps/5/logs/stdio/append");
    assert_keys("slipway.event.workers.2.connected", "{\"workerid\":2}", "workers/2/connected");
    assert_keys("slipway.event.builds.7.new", "{\"buildid\":7}", "builds/7/new");
    assert_keys("slipway.wake.builder", "{}", "");
}

/* A listener that writes down what it gets. */
struct listener {
    struct hub_client client;
    char heard[4000];
    bool ended;
};

static void listener_deliver(struct hub_client *client, struct hub_event *event)
{
    struct listener *listener = (struct listener *)client;
    size_t len = strlen(listener->heard);

    snprintf(listener->heard + len, sizeof(listener->heard) - len, "%s\n", hub_socket_frame(event));
}

static void listener_end(struct hub_client *client)
{
    ((struct listener *)client)->ended = true;
}

static void tell(struct hub *hub, const char *subject, const char *payload)
{
    const struct ci_bus_message message = {
        .subject = subject, .data = payload, .len = strlen(payload)};

    assert_true(hub_message(hub, &message));
}

static void note_turn(void *source, bool on)
{
    *(int *)source = on ? *(int *)source + 1 : 0;
}

static void hub__needs_events_while_somebody_listens(void **state)
{
    struct hub *hub = hub_new();
    struct listener one = {
        .client = {.deliver = listener_deliver, .end = listener_end}
    };
    struct listener two = {
        .client = {.deliver = listener_deliver, .end = listener_end}
    };
    int on = 7;

    (void)state;
    hub_set_source(hub, note_turn, &on);
    assert_int_equal(0, on);
    hub_attach(hub, &one.client);
    hub_attach(hub, &two.client);
    assert_int_equal(1, on); /* once, for the first */
    hub_detach(hub, &one.client);
    assert_int_equal(1, on);
    hub_detach(hub, &two.client);
    assert_int_equal(0, on);
    hub_free(hub);
}

static void hub__tells_who_asked(void **state)
{
    struct hub *hub = hub_new();
    struct listener one = {
        .client = {.deliver = listener_deliver, .end = listener_end}
    };
    struct listener two = {
        .client = {.deliver = listener_deliver, .end = listener_end}
    };

    (void)state;
    hub_attach(hub, &one.client);
    hub_attach(hub, &two.client);
    assert_true(hub_subscribe(hub, &one.client, "builders/1/builds/*/*"));
    assert_true(hub_subscribe(hub, &one.client, "builders/1/builds/*/*"));
    assert_true(hub_subscribe(hub, &two.client, "workers/*/*"));
    tell(hub, "slipway.event.builds.7.new", "{\"buildid\":7,\"builderid\":1,\"number\":3}");
    assert_string_equal("{\"k\":\"builders/1/builds/3/new\",\"m\":{\"builderid\":1,\"buildid\":7,"
                        "\"number\":3}}\n",
                        one.heard);
    assert_string_equal("", two.heard);
    assert_true(hub_unsubscribe(hub, &one.client, "builders/1/builds/*/*"));
    assert_false(hub_unsubscribe(hub, &one.client, "builders/1/builds/*/*"));
    one.heard[0] = '\0';
    tell(hub, "slipway.event.builds.7.new", "{\"buildid\":7,\"builderid\":1,\"number\":3}");
    tell(hub, "slipway.event.builds.7.new", "this is no JSON");
    assert_string_equal("", one.heard);
    hub_interrupted(hub);
    assert_true(one.ended && two.ended);
    hub_detach(hub, &one.client);
    hub_detach(hub, &two.client);
    hub_free(hub);
}

static void hub__bounds_the_patterns_of_a_listener(void **state)
{
    struct hub *hub = hub_new();
    struct listener one = {
        .client = {.deliver = listener_deliver, .end = listener_end}
    };
    char pattern[40];

    (void)state;
    hub_attach(hub, &one.client);
    for (int i = 0; i < HUB_PATTERNS; i++) {
        snprintf(pattern, sizeof(pattern), "builds/%d/*", i);
        assert_true(hub_subscribe(hub, &one.client, pattern));
    }
    assert_false(hub_subscribe(hub, &one.client, "one/more"));
    hub_detach(hub, &one.client);
    hub_free(hub);
}

static void ws__answers_as_buildbot_does(void **state)
{
    static const struct {
        const char *frame, *wanted;
    } cases[] = {
        {"{\"cmd\":\"ping\",\"_id\":1}",                                                  "{\"_id\":1,\"code\":200,\"msg\":\"pong\"}"                            },
        {"{\"cmd\":\"startConsuming\",\"path\":\"builds/*/*\",\"_id\":\"a\"}",
         "{\"_id\":\"a\",\"code\":200,\"msg\":\"OK\"}"                                                                                                           },
        {"{\"cmd\":\"startConsuming\",\"path\":\"builds/*/*\",\"_id\":2,\"type\":\"x\"}",
         "{\"_id\":2,\"code\":200,\"msg\":\"OK\"}"                                                                                                               },
        {"{\"cmd\":\"stopConsuming\",\"path\":\"builds/*/*\",\"_id\":3}",
         "{\"_id\":3,\"code\":200,\"msg\":\"OK\"}"                                                                                                               },
        {"{\"cmd\":\"stopConsuming\",\"path\":\"builds/*/*\",\"_id\":4}",
         "{\"_id\":4,\"code\":400,\"error\":\"path was not consumed 'builds/*/*'\"}"                                                                             },
        {"{\"cmd\":\"startConsuming\",\"path\":\"\",\"_id\":5}",
         "{\"_id\":5,\"code\":400,\"error\":\"invalid path format ''\"}"                                                                                         },
        {"{\"cmd\":\"startConsuming\",\"path\":[1],\"_id\":5}",
         "{\"_id\":5,\"code\":400,\"error\":\"invalid path format '[1]'\"}"                                                                                      },
        {"{\"cmd\":\"startConsuming\",\"_id\":6}",
         "{\"_id\":6,\"code\":400,\"error\":\"Invalid method argument 'missing argument: path'\"}"                                                               },
        {"{\"cmd\":\"fly\",\"_id\":7}",
         "{\"_id\":7,\"code\":404,\"error\":\"no such command type 'fly'\"}"                                                                                     },
        {"{\"_id\":8}",                                                                   "{\"_id\":null,\"code\":400,\"error\":\"no 'cmd' in websocket frame\"}"},
        {"{\"cmd\":\"ping\"}",
         "{\"_id\":null,\"code\":400,\"error\":\"no '_id' or 'type' in websocket frame\"}"                                                                       },
        {"not JSON",
         "{\"_id\":null,\"code\":400,\"error\":\"no '_id' or 'type' in websocket frame\"}"                                                                       },
        {"[1, 2]",
         "{\"_id\":null,\"code\":400,\"error\":\"no '_id' or 'type' in websocket frame\"}"                                                                       },
    };
    struct hub *hub = hub_new();
    struct listener one = {
        .client = {.deliver = listener_deliver, .end = listener_end}
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    hub_attach(hub, &one.client);
    for (size_t i = 0; i < CI_COUNT(cases); i++)
        assert_string_equal(cases[i].wanted, ws_answer(hub, &one.client, cases[i].frame,
                                                       strlen(cases[i].frame), mem));
    hub_detach(hub, &one.client);
    hub_free(hub);
}

/* ---- /sse, its handler called as the server does ---- */

static struct ci_response sse_call(const char *path)
{
    struct ci_request request = world_request("GET", ci_mem_printf(world.mem, "/sse/%s", path));
    struct ci_pair *param = ci_mem_zero(world.mem, struct ci_pair);
    struct ci_response response = {0};
    struct ci_err err = {0};

    *param = (struct ci_pair){"path", path};
    request.params = (struct ci_pairs){param, 1};
    assert_ok(sse_get(&world.app, &request, &response, &err), err);
    return response;
}

/* One read of the stream as text. */
static const char *sse_next(struct ci_response *response)
{
    char *text = ci_mem_alloc(world.mem, 2001);
    ssize_t len = response->stream->read(response->stream->user, text, 2000);

    return len < 0 ? "end" : text;
}

static void sse__begins_with_a_handshake_and_tells_events(void **state)
{
    struct ci_response response = sse_call("listen/builds/*/*");
    const char *hello = sse_next(&response);
    char uuid[37] = "";

    (void)state;
    assert_int_equal(1, sscanf(hello, "event: handshake\ndata: %36s\n\n", uuid));
    tell(world.www.hub, "slipway.event.builds.7.new", "{\"buildid\":7}");
    assert_string_equal("event: event\ndata: {\"key\":[\"builds\",\"7\",\"new\"],"
                        "\"message\":{\"buildid\":7}}\n\n",
                        sse_next(&response));
    assert_string_equal("ok",
                        sse_call(ci_mem_printf(world.mem, "add/%s/workers/*/*", uuid)).raw.data);
    tell(world.www.hub, "slipway.event.workers.2.connected", "{}");
    assert_non_null(strstr(sse_next(&response), "\"workers\",\"2\",\"connected\""));
    assert_string_equal("ok",
                        sse_call(ci_mem_printf(world.mem, "remove/%s/workers/*/*", uuid)).raw.data);
    assert_int_equal(404, sse_call(ci_mem_printf(world.mem, "remove/%s/workers/*/*", uuid)).status);
    assert_int_equal(400, sse_call("add/nobody/workers/*/*").status);
    assert_int_equal(400, sse_call("add").status);
    hub_interrupted(world.www.hub);
    assert_string_equal("end", sse_next(&response));
    response.stream->free(response.stream->user);
}

static void sse__drops_who_never_reads(void **state)
{
    struct ci_response response = sse_call("builds/*/*");
    char *payload = ci_mem_alloc(world.mem, 300001);

    (void)state;
    memset(payload, 'x', 300000);
    payload[0] = payload[299999] = '"';
    for (int i = 0; i < 4; i++)
        tell(world.www.hub, "slipway.event.builds.7.new", payload);
    assert_string_equal("end", sse_next(&response));
    response.stream->free(response.stream->user);
}

/* Listens and unsubscribes in one thread while events come in another. */
static void *come_and_go(void *user)
{
    struct hub *hub = user;

    for (int i = 0; i < 200; i++) {
        struct listener one = {
            .client = {.deliver = listener_deliver, .end = listener_end}
        };

        hub_attach(hub, &one.client);
        hub_subscribe(hub, &one.client, "builds/*/*");
        hub_unsubscribe(hub, &one.client, "builds/*/*");
        hub_detach(hub, &one.client);
    }
    return NULL;
}

static void *read_stream(void *user)
{
    struct ci_response *response = user;
    char bytes[500];

    while (response->stream->read(response->stream->user, bytes, sizeof(bytes)) >= 0)
        ;
    response->stream->free(response->stream->user);
    return NULL;
}

static void hub__is_safe_with_threads(void **state)
{
    struct ci_response response = sse_call("builds/*/*");
    pthread_t threads[3];

    (void)state;
    assert_int_equal(0, pthread_create(&threads[0], NULL, read_stream, &response));
    for (int i = 1; i < 3; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, come_and_go, world.www.hub));
    for (int i = 0; i < 500; i++)
        tell(world.www.hub, "slipway.event.builds.7.new", "{\"buildid\":7}");
    hub_interrupted(world.www.hub);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topic__matches_segment_by_segment),
        cmocka_unit_test(topic__is_valid),
        cmocka_unit_test(topic__gives_every_key_of_a_resource),
        cmocka_unit_test(hub__needs_events_while_somebody_listens),
        cmocka_unit_test(hub__tells_who_asked),
        cmocka_unit_test(hub__bounds_the_patterns_of_a_listener),
        cmocka_unit_test(ws__answers_as_buildbot_does),
        world_test(sse__begins_with_a_handshake_and_tells_events),
        world_test(sse__drops_who_never_reads),
        world_test(hub__is_safe_with_threads),
    };

    return cmocka_run_group_tests_name("www.live", tests, world_open, world_close);
}
