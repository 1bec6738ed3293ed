/* SPDX-License-Identifier: Apache-2.0 */
/* What each resource gives for filters, orders, pages and paths, over a small world. */
#include "world.h"

#define assert_column(wanted, path, plural, member)                                                \
    assert_string_equal(wanted, world_column(world_get(path), plural, member))

static void builds__filter_order_and_page(void **state)
{
    (void)state;
    assert_column("1,2,3", "builds", "builds", "buildid");
    assert_column("3,2,1", "builds?order=-number", "builds", "number");
    assert_column("3", "builds?complete=false", "builds", "buildid");
    assert_column("1,2", "builds?complete__ne=off", "builds", "buildid");
    assert_column("1,3", "builds?number__eq=1&number__eq=3", "builds", "buildid");
    assert_column("2", "builds?number__notin=1&number__notin=3", "builds", "buildid");
    assert_column("2,3", "builds?results__ne=0", "builds", "buildid");
    assert_column("3", "builds?results__ne=0&results__ne=2", "builds", "buildid");
    assert_column("2,3", "builds?number__gt=1", "builds", "buildid");
    assert_column("1,2", "builds?number__le=2", "builds", "buildid");
    assert_column("2", "builds?state_string__contains=te 2", "builds", "buildid");
    assert_column("1,3", "builds?state_string__contains=1&state_string__contains=3", "builds",
                  "buildid");
    assert_column("2,3", "builds?limit=2&offset=1", "builds", "buildid");
    assert_column("", "builds?limit=0", "builds", "buildid");
    assert_column("3,1,2", "builds?order=results&order=-buildid", "builds", "buildid");
    assert_column("2,1,3", "builds?order=-results", "builds", "buildid");
    /* A bad operator is passed over, a repeated comparison too. */
    assert_column("1,2,3", "builds?number__like=1", "builds", "buildid");
    assert_column("1,2,3", "builds?number__gt=1&number__gt=2", "builds", "buildid");
}

static void builds__compare_times_as_whole_seconds(void **state)
{
    (void)state;
    /* Build 2 started at ...202.5 and shows ...202. */
    assert_column("1690000201,1690000202,1690000203", "builds", "builds", "started_at");
    assert_column("2", "builds?started_at=1690000202", "builds", "buildid");
    assert_column("2,3", "builds?started_at__ge=1690000202", "builds", "buildid");
    assert_column("3", "builds?started_at__gt=1690000202", "builds", "buildid");
    assert_column("1,2", "builds?started_at__le=1690000202", "builds", "buildid");
    assert_column("1", "builds?started_at__lt=1690000202", "builds", "buildid");
    assert_column("1,3", "builds?started_at__ne=1690000202", "builds", "buildid");
    assert_column("1,3", "builds?started_at__in=1690000201&started_at__in=1690000203", "builds",
                  "buildid");
    assert_column("1,2,3", "builds?started_at__lt=99999999999999999999", "builds", "buildid");
    assert_column("3", "builds?complete_at__ne=1690000301&complete_at__ne=1690000302", "builds",
                  "buildid");
}

static void builds__count_all_rows(void **state)
{
    (void)state;
    assert_int_equal(3, world_total(world_get("builds")));
    assert_int_equal(3, world_total(world_get("builds?limit=1")));
    assert_int_equal(3, world_total(world_get("builds?limit=1&offset=2")));
    assert_int_equal(3, world_total(world_get("builds?limit=1&offset=9")));
    assert_int_equal(2, world_total(world_get("builds?complete=true&limit=1")));
    assert_int_equal(3, world_total(world_get("builds?limit=0")));
}

static void builds__show_properties_when_asked(void **state)
{
    json_t *properties;

    (void)state;
    properties = json_object_get(world_first(world_get("builds/2"), "builds"), "properties");
    assert_int_equal(0, json_object_size(properties));
    properties = json_object_get(
        world_first(world_get("builds?buildid=2&property=number&property=none"), "builds"),
        "properties");
    assert_int_equal(1, json_object_size(properties));
    assert_int_equal(2,
                     json_integer_value(json_array_get(json_object_get(properties, "number"), 0)));
    properties =
        json_object_get(world_first(world_get("builds/2?property=*"), "builds"), "properties");
    assert_int_equal(2, json_object_size(properties));
    /* The buildset's, for a request. */
    properties = json_object_get(
        world_first(world_get("buildrequests/1?property=branch"), "buildrequests"), "properties");
    assert_int_equal(1, json_object_size(properties));
    assert_column("null,null,null,null,null", "buildrequests", "buildrequests", "properties");
}

static void builds__project_fields(void **state)
{
    json_t *build;

    (void)state;
    build = world_first(world_get("builds/2?field=number&field=results"), "builds");
    assert_int_equal(2, json_object_size(build));
    assert_int_equal(2, json_integer_value(json_object_get(build, "number")));
}

static void builds__are_found_by_every_path(void **state)
{
    (void)state;
    assert_column("2", "builders/1/builds/2", "builds", "buildid");
    assert_column("2", "builders/linux/builds/2", "builds", "buildid");
    assert_column("1,2,3", "builders/linux/builds", "builds", "buildid");
    assert_column("2", "buildrequests/2/builds", "builds", "buildid");
    assert_column("2", "changes/2/builds", "builds", "buildid");
    assert_column("1,2,3", "workers/1/builds", "builds", "buildid");
    assert_column("", "builders/999/builds", "builds", "buildid");
    assert_column("", "builds/1/triggered_builds", "builds", "buildid");
    assert_int_equal(404, world_get("builders/linux/builds/9").status);
    assert_int_equal(404, world_get("builds/99999999999999999999").status);
    assert_column("2", "builds/002", "builds", "buildid");
}

static void buildrequests__filter_by_claim(void **state)
{
    (void)state;
    assert_column("4", "buildrequests?claimed=false", "buildrequests", "buildrequestid");
    assert_column("1,2,3", "buildrequests?claimed=true", "buildrequests", "buildrequestid");
    assert_column("1,2,3", "buildrequests?claimed_by_masterid=1", "buildrequests",
                  "buildrequestid");
    assert_column("5,3,1,4,2", "buildrequests?order=-priority&order=-submitted_at", "buildrequests",
                  "buildrequestid");
    assert_column("4", "builders/linux/buildrequests?complete=false&claimed=false", "buildrequests",
                  "buildrequestid");
}

static void buildrequests__name_what_took_their_place(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "UPDATE buildrequests SET collapsed_into = 4 WHERE buildrequestid = 5");
    assert_column("4", "buildrequests/5", "buildrequests", "collapsed_into");
    assert_column("5", "buildrequests?collapsed_into=4", "buildrequests", "buildrequestid");
    assert_column("null", "buildrequests/4", "buildrequests", "collapsed_into");
}

static void buildsets__hold_their_sources(void **state)
{
    json_t *buildset, *source;

    (void)state;
    buildset = world_first(world_get("buildsets/2"), "buildsets");
    source = json_array_get(json_object_get(buildset, "sourcestamps"), 0);
    assert_string_equal("r2", json_string_value(json_object_get(source, "revision")));
    assert_int_equal(1690000002, json_integer_value(json_object_get(source, "created_at")));
    assert_true(json_is_null(json_object_get(source, "patch")));
    assert_column("2", "buildsets/2/sourcestamps", "sourcestamps", "ssid");
    assert_column("\"branch\"", "buildsets/2/properties_list", "_properties", "name");
}

static void changes__filter_and_order(void **state)
{
    (void)state;
    assert_column("5,4", "changes?order=-changeid&limit=2", "changes", "changeid");
    assert_column("3", "changes?category=odd", "changes", "changeid");
    assert_column("1,2,4,5", "changes?category__ne=odd", "changes", "changeid");
    assert_column("2", "changes?files__contains=b2.c", "changes", "changeid");
    assert_column("2,4", "changes?files__contains=b2.c&files__contains=b4.c", "changes",
                  "changeid");
    assert_column("[],[1],[2],[3],[4]", "changes", "changes", "parent_changeids");
    assert_column("2", "changes?parent_changeids__contains=1", "changes", "changeid");
    assert_column("2", "sourcestamps/2/changes", "changes", "changeid");
}

static void changes__of_a_build_reach_back_to_the_last_success(void **state)
{
    (void)state;
    assert_column("1", "builds/1/changes", "changes", "changeid");
    assert_column("2", "builds/2/changes", "changes", "changeid");
    /* Build 2 failed, so that build 3 has its change as well; build 1 had succeeded. */
    assert_column("2,3", "builds/3/changes", "changes", "changeid");
    assert_column("2,3", "builders/1/builds/3/changes", "changes", "changeid");
    assert_column("3", "builders/linux/builds/3/changes?limit=1&order=-changeid", "changes",
                  "changeid");
    assert_column("", "builders/linux/builds/77/changes", "changes", "changeid");
}

static void changes__of_a_build_pass_over_successes_of_other_branches(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "UPDATE builds SET line = (SELECT line + 1 FROM sourcestamps "
                            "WHERE ssid = 1) WHERE buildid = 1");
    assert_column("1,2,3", "builds/3/changes", "changes", "changeid");
    db_test_sql(db_test.db, "UPDATE builds SET line = (SELECT line FROM sourcestamps "
                            "WHERE ssid = 1) WHERE buildid = 1");
}

static void steps_and_logs__are_found_by_number_and_name(void **state)
{
    (void)state;
    assert_column("1,2", "builds/1/steps", "steps", "stepid");
    assert_column("2", "builds/1/steps/1", "steps", "stepid");
    assert_column("2", "builds/1/steps/make all", "steps", "stepid");
    assert_column("4", "builders/linux/builds/2/steps/1", "steps", "stepid");
    assert_column("4", "builders/1/builds/2/steps/make all/logs/stdio", "logs", "logid");
    assert_column("2", "steps/2/logs?slug=stdio", "logs", "logid");
    assert_int_equal(404, world_get("builds/1/steps/nothing").status);
}

static void properties__are_one_object_and_a_list(void **state)
{
    json_t *properties;

    (void)state;
    properties = world_first(world_get("builds/1/properties"), "properties");
    assert_string_equal(
        "Change", json_string_value(json_array_get(json_object_get(properties, "branch"), 1)));
    assert_column("\"branch\",\"number\"", "builds/1/property_list?order=name", "_properties",
                  "name");
    assert_column("\"\\\"main\\\"\",\"1\"", "builds/1/property_list", "_properties", "value");
    assert_column("\"number\"", "builds/1/property_list?source=Build", "_properties", "name");
}

static void builder_summaries__tell_a_builder_at_a_glance(void **state)
{
    json_t *summary, *builds;

    (void)state;
    summary = world_first(world_get("builder_summaries/1"), "builder_summaries");
    assert_int_equal(1, json_integer_value(json_object_get(summary, "running")));
    assert_int_equal(1, json_integer_value(json_object_get(summary, "pending")));
    assert_true(json_integer_value(json_object_get(summary, "usual_duration_s")) > 0);
    builds = json_object_get(summary, "last_builds");
    assert_int_equal(3, json_array_size(builds));
    assert_int_equal(3, json_integer_value(json_object_get(json_array_get(builds, 0), "number")));
    assert_true(json_is_null(json_object_get(json_array_get(builds, 0), "complete_at")));
    assert_int_equal(2, json_integer_value(json_object_get(json_array_get(builds, 1), "results")));
    assert_column("\"deb\",\"other\"",
                  "builder_summaries?builderid__eq=2&builderid__eq=3&order=name",
                  "builder_summaries", "name");
    assert_int_equal(400, world_get("builder_summaries?running__gt=0").status);
}

static void workers__know_where_they_are_configured(void **state)
{
    json_t *worker;

    (void)state;
    worker = world_first(world_get("workers/w1"), "workers");
    assert_int_equal(1, json_array_size(json_object_get(worker, "connected_to")));
    assert_int_equal(1, json_array_size(json_object_get(worker, "configured_on")));
    assert_int_equal(2, json_integer_value(json_object_get(worker, "max_builds")));
    assert_true(json_is_null(json_object_get(json_object_get(worker, "workerinfo"), "version")));
    worker = world_first(world_get("workers/2"), "workers");
    assert_int_equal(0, json_array_size(json_object_get(worker, "connected_to")));
    assert_int_equal(2, json_array_size(json_object_get(worker, "configured_on")));
    assert_int_equal(0, json_object_size(json_object_get(worker, "workerinfo")));
    assert_column("\"linux\"", "workers/1/builders", "builders", "name");
    assert_column("\"deb\",\"other\"", "workers/2/builders?order=name", "builders", "name");
    assert_column("\"w2\"", "builders/2/workers", "workers", "name");
    assert_column("\"w2\"", "masters/1/builders/2/workers/w2", "workers", "name");
    assert_column("", "masters/2/builders/2/workers", "workers", "name");
    assert_column("", "builders/99/workers", "workers", "name");
    assert_int_equal(404, world_get("builders/1/workers/w2").status);
}

static void builders__show_tags_and_masters(void **state)
{
    (void)state;
    assert_column("\"linux\"", "builders?tags__contains=fast", "builders", "name");
    assert_column("[1],[1],[1]", "builders", "builders", "masterids");
    assert_column("1", "builders/1/masters", "masters", "masterid");
    assert_column("", "masters/7/builders", "builders", "name");
}

static void forceschedulers__are_filtered_like_the_rest(void **state)
{
    json_t *scheduler, *fields, *source;

    (void)state;
    assert_column("\"force\"", "forceschedulers", "forceschedulers", "name");
    assert_column("\"force\"", "builders/2/forceschedulers?order=name", "forceschedulers", "name");
    assert_column("", "builders/3/forceschedulers", "forceschedulers", "name");
    assert_column("", "forceschedulers?enabled=false", "forceschedulers", "name");
    scheduler = world_first(world_get("forceschedulers/force"), "forceschedulers");
    fields = json_object_get(scheduler, "all_fields");
    assert_int_equal(6, json_array_size(fields));
    source = json_object_get(json_array_get(fields, 1), "fields");
    assert_string_equal("https://git.example/app.git",
                        json_string_value(json_object_get(json_array_get(source, 2), "default")));
    assert_int_equal(404, world_get("forceschedulers/main").status);
}

static void schedulers__name_their_master(void **state)
{
    (void)state;
    assert_column("\"force\",\"main\",\"try\"", "schedulers?order=name", "schedulers", "name");
    assert_string_equal(
        "slipway",
        json_string_value(json_object_get(
            json_object_get(world_first(world_get("schedulers/1"), "schedulers"), "master"),
            "name")));
}

static void notifications__show_their_text_alone(void **state)
{
    json_t *one;

    (void)state;
    assert_column("\"to1@example.org\"", "notifications?state=sent", "notifications", "recipient");
    assert_column("1,2", "builds/2/notifications", "notifications", "notificationid");
    one = world_first(world_get("notifications/1"), "notifications");
    assert_string_equal("<p>text", json_string_value(json_object_get(one, "body_html")));
    assert_int_equal(2, json_integer_value(json_object_get(one, "number")));
    one = world_first(world_get("notifications"), "notifications");
    assert_null(json_object_get(one, "body_text"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(builds__filter_order_and_page),
        world_test(builds__compare_times_as_whole_seconds),
        world_test(builds__count_all_rows),
        world_test(builds__show_properties_when_asked),
        world_test(builds__project_fields),
        world_test(builds__are_found_by_every_path),
        world_test(buildrequests__filter_by_claim),
        world_test(buildrequests__name_what_took_their_place),
        world_test(buildsets__hold_their_sources),
        world_test(changes__filter_and_order),
        world_test(changes__of_a_build_reach_back_to_the_last_success),
        world_test(changes__of_a_build_pass_over_successes_of_other_branches),
        world_test(steps_and_logs__are_found_by_number_and_name),
        world_test(properties__are_one_object_and_a_list),
        world_test(builder_summaries__tell_a_builder_at_a_glance),
        world_test(workers__know_where_they_are_configured),
        world_test(builders__show_tags_and_masters),
        world_test(forceschedulers__are_filtered_like_the_rest),
        world_test(schedulers__name_their_master),
        world_test(notifications__show_their_text_alone),
    };

    return cmocka_run_group_tests_name("www.resources", tests, world_open, world_close);
}
