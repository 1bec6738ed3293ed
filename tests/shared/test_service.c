/* SPDX-License-Identifier: Apache-2.0 */
/* A whole service as a process of its own: without a database, ready, stopped. */
#include "db_test.h"
#include "shared/http_client.h"
#include "shared/service.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

/* ---- the service: this program again, called with "serve" ---- */

struct settings {
    struct ci_common_settings common;
    const char *greeting;
};

static const struct ci_setting rows[] = {
    {"GREETING", CI_SET_STR, offsetof(struct settings, greeting), "hello", "what it says", 0, 0},
};

static bool get_greeting(void *service, const struct ci_request *request,
                         struct ci_response *response, struct ci_err *err)
{
    const struct ci_app *app = service;
    const struct settings *settings = app->settings;

    (void)request, (void)err;
    response->body =
        json_pack("{s:s, s:b}", "greeting", settings->greeting, "started", app->state != NULL);
    return true;
}

static bool get_wait(void *service, const struct ci_request *request, struct ci_response *response,
                     struct ci_err *err)
{
    const struct ci_app *app = service;

    (void)request, (void)response, (void)err;
    ci_log(CI_INFO, "test.parked");
    while (!ci_server_draining(app->server))
        usleep(1000);
    return true;
}

static const struct ci_route routes[] = {
    {"GET", "/greeting", CI_ROLE_PUBLIC, get_greeting, 0, false},
    {"GET", "/wait",     CI_ROLE_PUBLIC, get_wait,     0, false},
};

static bool tick(void *service, struct ci_tick *tick, struct ci_err *err)
{
    const struct ci_app *app = service;

    (void)tick;
    return app->state || ci_fail(err, CI_EINTERNAL, "ticked before the start");
}

static const struct ci_loop loops[] = {
    {"sweep", {1000000}, tick, "slipway.wake.test"}
};

static bool start(struct ci_app *app, struct ci_err *err)
{
    (void)err;
    app->state = ci_mem_new();
    return true;
}

static void stop(struct ci_app *app)
{
    ci_mem_free(app->state);
}

static const struct ci_service service = {
    .name = "test",
    .summary = "A service for the tests.",
    .listen = "127.0.0.1:0",
    .settings = rows,
    .setting_count = CI_COUNT(rows),
    .settings_size = sizeof(struct settings),
    .routes = routes,
    .route_count = CI_COUNT(routes),
    .loops = loops,
    .loop_count = CI_COUNT(loops),
    .start = start,
    .stop = stop,
};

/* ---- running it ---- */

struct process {
    pid_t pid;
    FILE *log; /* its stderr */
    char line[2048];
    unsigned port;
    struct ci_client *client;
};

static void spawn(struct process *p, const char *database_url)
{
    char url[1200];
    const char *argv[] = {"test_service", "serve", "--nats-url=", "--greeting",
                          "good day",     url,     NULL};
    posix_spawn_file_actions_t files;
    int ends[2];

    if (database_url)
        snprintf(url, sizeof(url), "--database-url=%s", database_url);
    else
        argv[5] = NULL;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], 2);
    assert_int_equal(
        posix_spawn(&p->pid, "/proc/self/exe", &files, NULL, (char **)(uintptr_t)argv, environ), 0);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    p->log = fdopen(ends[0], "r");
    assert_non_null(p->log);
}

/* Reads the log up to the line with `text`; false at its end. */
static bool see(struct process *p, const char *text)
{
    while (fgets(p->line, sizeof(p->line), p->log)) {
        if (strstr(p->line, text))
            return true;
    }
    return false;
}

static void open_service(struct process *p, const char *database_url)
{
    struct ci_client_options options = {.user_agent = "slipway-test"};
    const char *port;
    struct ci_err err;

    spawn(p, database_url);
    assert_true(see(p, "event=listening"));
    port = strstr(p->line, " port=");
    assert_non_null(port);
    p->port = (unsigned)strtoul(port + 6, NULL, 10);
    assert_ok(ci_client_open(&options, &p->client, &err), err);
}

static int wait_exit(struct process *p)
{
    int status = -1;

    ci_client_close(p->client);
    fclose(p->log);
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct ci_reply get(struct process *p, const char *path, void *mem)
{
    struct ci_call call = {.url = ci_mem_printf(mem, "http://127.0.0.1:%u%s", p->port, path)};
    struct ci_reply reply = {0};
    struct ci_err err;

    assert_ok(ci_client_call(p->client, &call, mem, &reply, &err), err);
    return reply;
}

static const char *text_of(struct ci_reply reply, const char *key)
{
    const char *text = json_string_value(json_object_get(reply.json, key));

    return text ? text : "";
}

/* ---- tests ---- */

static void service__waits_for_its_database(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char folder[] = "/tmp/slipway-test-service-XXXXXX";
    const char *sockets = strstr(db_test.url, "host=");
    struct process p = {0};

    (void)state;
    assert_non_null(sockets);
    assert_non_null(mkdtemp(folder));
    const char *link = ci_mem_printf(mem, "%s/pg", folder);
    open_service(
        &p, ci_mem_printf(mem, "%.*shost=%s", (int)(sockets - db_test.url), db_test.url, link));
    assert_int_equal(get(&p, "/healthz", mem).status, 200);
    assert_true(see(&p, "event=waiting"));
    struct ci_reply reply = get(&p, "/readyz", mem);
    assert_int_equal(reply.status, 503);
    assert_int_equal(strncmp(text_of(reply, "error"), "database: ", 10), 0);
    assert_int_equal(get(&p, "/greeting", mem).status, 503);

    assert_int_equal(symlink(sockets + 5, link), 0);
    assert_true(see(&p, "event=ready"));
    reply = get(&p, "/readyz", mem);
    assert_int_equal(reply.status, 200);
    assert_string_equal(text_of(reply, "database"), "ok");
    assert_string_equal(text_of(reply, "bus"), "none");
    reply = get(&p, "/greeting", mem);
    assert_string_equal(text_of(reply, "greeting"), "good day");
    assert_true(json_is_true(json_object_get(reply.json, "started")));
    assert_non_null(strstr(get(&p, "/metrics", mem).body.data, "slipway_loop_tick_seconds"));

    kill(p.pid, SIGTERM);
    assert_true(see(&p, "event=stopping"));
    assert_true(see(&p, "event=stopped"));
    assert_int_equal(wait_exit(&p), 0);
    unlink(link);
    rmdir(folder);
}

static void *ask_wait(void *arg)
{
    struct process *p = arg;
    CI_AUTO_MEM mem = ci_mem_new();

    return (void *)(uintptr_t)get(p, "/wait", mem).status;
}

static void service__finishes_what_is_under_way(void **state)
{
    struct process p = {0};
    void *status = NULL;
    pthread_t thread;

    (void)state;
    open_service(&p, db_test.url);
    assert_true(see(&p, "event=ready"));
    pthread_create(&thread, NULL, ask_wait, &p);
    assert_true(see(&p, "event=test.parked"));
    kill(p.pid, SIGINT);
    pthread_join(thread, &status);
    assert_int_equal((uintptr_t)status, 204);
    assert_true(see(&p, "event=stopped"));
    assert_int_equal(wait_exit(&p), 0);
}

static void service__stops_while_it_waits(void **state)
{
    struct process p = {0};

    (void)state;
    open_service(&p, "postgresql://slipway@/x?host=/nonexistent");
    assert_true(see(&p, "event=waiting"));
    kill(p.pid, SIGTERM);
    assert_true(see(&p, "event=stopped"));
    assert_int_equal(wait_exit(&p), 0);
}

static void service__refuses_to_start_without_a_database_url(void **state)
{
    struct process p = {0};

    (void)state;
    spawn(&p, NULL);
    assert_true(see(&p, "DATABASE_URL"));
    assert_int_equal(wait_exit(&p), 1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(service__waits_for_its_database),
        cmocka_unit_test(service__finishes_what_is_under_way),
        cmocka_unit_test(service__stops_while_it_waits),
        cmocka_unit_test(service__refuses_to_start_without_a_database_url),
    };

    if (argc > 1 && strcmp(argv[1], "serve") == 0)
        return ci_service_main(&service, argc - 1, argv + 1);
    unsetenv("SLIPWAY_DATABASE_URL");
    return cmocka_run_group_tests(tests, db_test_open_empty, db_test_close);
}
