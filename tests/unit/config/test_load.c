/* test_load.c - good files, and the model they become. */
#include "base/civil.h"
#include "eval/expect.h"
#include "loading.h"

#define MONITOR "monitors:\n  - name: a\n    http: http://h/\n"
#define CHANNEL "channels:\n  hook: { type: webhook, url: http://h/ }\n"
#define WHSEC   "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static int64_t at(const char *text)
{
    int64_t ms;
    bool zone;
    assert_int_equal(rfc3339_parse(text, &ms, &zone), 0);
    assert_true(zone);
    return ms;
}

/* --- the smallest files ------------------------------------------------------------------- */

static void smallest_file__has_all_defaults(void **state)
{
    (void)state;
    struct config *c = must_load("monitors: [ { name: site, http: https://example.com } ]\n" CHANNEL);
    assert_string_equal(c->name, "midwatch");
    assert_string_equal(c->region, "local");
    assert_string_equal(c->store.url, "embedded");
    assert_string_equal(c->store.shown_url, "embedded");
    assert_string_equal(c->store.dir, "./midwatch-data");
    assert_int_equal(c->store.retention.raw_ms, 48 * 3600 * 1000LL);
    assert_int_equal(c->store.retention.incidents_ms, 400 * 86400 * 1000LL);
    assert_true(c->store.queue_max > 0 && c->store.spool_max > 0);
    assert_true(c->store.connect_timeout_ms > 0 && c->store.command_timeout_ms > 0);
    assert_string_equal(c->web.listen, "127.0.0.1:8686");
    assert_null(c->web.public_url);
    assert_int_equal(strlen(c->digest), 16);

    const struct monitor *m = config_monitor(c, "site");
    assert_non_null(m);
    assert_string_equal(m->kind, "http");
    assert_string_equal(m->http.url, "https://example.com");
    assert_string_equal(m->http.method, "GET");
    assert_int_equal(m->http.max_redirects, 10);
    assert_false(m->http.insecure || m->http.reuse);
    assert_int_equal(m->interval_ms, 60000);
    assert_int_equal(m->retry_interval_ms, 60000);
    assert_int_equal(m->timeout_ms, 10000);
    assert_int_equal(m->fail_after, 2);
    assert_int_equal(m->recover_after, 2);
    assert_int_equal(m->severity, SEVERITY_CRITICAL);
    assert_true(m->enabled);
    config_free(c);
}

static void no_policies__default_tells_every_channel_at_once(void **state)
{
    (void)state;
    struct config *c = must_load(MONITOR "channels:\n  x: { type: webhook, url: http://h/ }\n"
                                         "  y: { type: webhook, url: http://h/ }\n");
    const struct policy *p = config_policy(c, "default");
    assert_non_null(p);
    assert_ptr_equal(c->monitors[0].policy, p);
    assert_int_equal(p->n_steps, 1);
    assert_int_equal(p->steps[0].n_notify, 2);
    assert_int_equal(p->steps[0].notify[1].kind, CONTACT_CHANNEL);
    assert_ptr_equal(p->steps[0].notify[1].channel, config_channel(c, "y"));
    config_free(c);
}

static void no_policies__default_may_be_named(void **state)
{
    (void)state;
    struct config *c = must_load(MONITOR "    policy: default\n" CHANNEL);
    assert_string_equal(c->monitors[0].policy->name, "default");
    config_free(c);
}

static void policies_without_default__nobody_needs_it__one_is_there(void **state)
{
    (void)state;
    struct config *c = must_load(
        MONITOR "    policy: mine\n" CHANNEL
                "policies: { mine: { steps: [ { notify: [\"channel:hook\"] } ] } }\n");
    assert_string_equal(c->monitors[0].policy->name, "mine");
    assert_non_null(config_policy(c, "default"));
    assert_int_equal(c->n_policies, 2);
    config_free(c);
}

static void no_monitors__a_receiver_only(void **state)
{
    (void)state;
    const char *const files[] = {"monitors: []\n" CHANNEL, "monitors:\n" CHANNEL, CHANNEL};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct config *c = must_load(files[i]);
        assert_int_equal(c->n_monitors, 0);
        config_free(c);
    }
}

/* --- monitors ----------------------------------------------------------------------------- */

static void defaults__hold_where_a_monitor_says_nothing(void **state)
{
    (void)state;
    struct config *c = must_load(
        "defaults: { interval: 20s, timeout: 5s, fail_after: 3, severity: info, policy: other }\n"
        "monitors:\n  - { name: a, http: http://h/ }\n"
        "  - { name: b, http: http://h/, fail_after: 1, severity: warning, policy: default }\n" CHANNEL
        "policies:\n  default: { steps: [ { notify: [\"channel:hook\"] } ] }\n"
        "  other: { steps: [ { notify: [\"channel:hook\"] } ] }\n");
    const struct monitor *a = config_monitor(c, "a"), *b = config_monitor(c, "b");
    assert_int_equal(a->interval_ms, 20000);
    assert_int_equal(a->timeout_ms, 5000);
    assert_int_equal(a->fail_after, 3);
    assert_int_equal(a->severity, SEVERITY_INFO);
    assert_string_equal(a->policy->name, "other");
    assert_int_equal(b->fail_after, 1);
    assert_int_equal(b->severity, SEVERITY_WARNING);
    assert_string_equal(b->policy->name, "default");
    config_free(c);
}

static void inherited_timeout_longer_than_the_interval__is_lowered(void **state)
{
    (void)state;
    struct config *c = must_load("defaults: { timeout: 8s }\n" MONITOR "    interval: 5s\n" CHANNEL);
    assert_int_equal(c->monitors[0].timeout_ms, 5000);
    config_free(c);
}

static void http_mapping__every_key_arrives(void **state)
{
    (void)state;
    struct config *c = must_load(
        "monitors:\n  - name: a\n    http:\n      url: https://h/x\n      method: POST\n"
        "      headers: { X-A: one, X-B: \"${env:SECRET}\" }\n      body: '{}'\n"
        "      auth: { user: me, password: \"${env:SECRET}\" }\n      ca_file: /dev/null\n"
        "      insecure: yes\n      max_redirects: 0\n      max_body: 64KiB\n      reuse: on\n"
        "      ip: 6\n      http_version: 1.1\n" CHANNEL);
    const struct http_spec *h = &c->monitors[0].http;
    assert_string_equal(h->method, "POST");
    assert_int_equal(h->n_headers, 2);
    assert_string_equal(h->headers[0].name, "X-A");
    assert_string_equal(h->headers[1].value.bytes, "hunter2");
    assert_string_equal(h->body.bytes, "{}");
    assert_int_equal(h->body.len, 2);
    assert_string_equal(h->user, "me");
    assert_string_equal(h->password.bytes, "hunter2");
    assert_null(h->bearer.bytes);
    assert_string_equal(h->ca_file, "/dev/null");
    assert_true(h->insecure && h->reuse);
    assert_int_equal(h->max_redirects, 0);
    assert_int_equal(h->max_body, 65536);
    assert_int_equal(h->family, FAMILY_IPV6);
    assert_int_equal(h->version, HTTP_1_1);
    config_free(c);
}

static void expectations__compiled_in_order(void **state)
{
    (void)state;
    struct config *c = must_load(
        MONITOR "    expect:\n      - status == 200\n      - json $.ok == true\n"
                "    warn: latency < 300ms\n" CHANNEL);
    const struct monitor *m = &c->monitors[0];
    assert_int_equal(m->n_expect, 2);
    assert_string_equal(expect_text(m->expect[1]), "json $.ok == true");
    assert_int_equal(m->n_warn, 1);
    assert_string_equal(expect_text(m->warn[0]), "latency < 300ms");
    config_free(c);
}

static void labels__sorted_by_name(void **state)
{
    (void)state;
    struct config *c = must_load(MONITOR "    labels: { zone: b, team: 12, app: no }\n" CHANNEL);
    const struct monitor *m = &c->monitors[0];
    assert_int_equal(m->n_labels, 3);
    assert_string_equal(m->labels[0].name, "app");
    assert_string_equal(m->labels[0].value, "no");
    assert_string_equal(m->labels[1].value, "12");
    assert_string_equal(m->labels[2].name, "zone");
    config_free(c);
}

static void word_that_means_no__stays_a_name(void **state)
{
    (void)state;
    struct config *c = must_load("name: no\nmonitors: [ { name: off, http: http://h/, enabled: Off } ]\n"
                                 CHANNEL);
    assert_string_equal(c->name, "no");
    assert_string_equal(c->monitors[0].name, "off");
    assert_false(c->monitors[0].enabled);
    config_free(c);
}

static void disabled_monitors__count_for_nothing_in_the_plan(void **state)
{
    (void)state;
    struct config *c = must_load("defaults: { interval: 100ms }\nmonitors:\n"
                                 "  - { name: a, http: http://h/ }\n  - { name: b, http: http://h/ }\n"
                                 "  - { name: c, http: http://h/ }\n  - { name: d, http: http://h/ }\n"
                                 "  - { name: e, http: http://h/ }\n"
                                 "  - { name: f, http: http://h/, enabled: false }\n" CHANNEL);
    assert_int_equal(c->n_monitors, 6);
    config_free(c);
}

/* --- routes ------------------------------------------------------------------------------- */

static void routes__first_match_else_own_policy_else_default(void **state)
{
    (void)state;
    struct config *c = must_load(
        "monitors:\n"
        "  - { name: a, http: http://h/, labels: { team: pay } }\n"
        "  - { name: b, http: http://h/, labels: { team: pay }, severity: info }\n"
        "  - { name: c, http: http://h/, group: core, policy: mine }\n"
        "  - { name: d, http: http://h/, policy: mine }\n"
        "  - { name: e, http: http://h/ }\n" CHANNEL
        "policies:\n  default: { steps: [ { notify: [\"channel:hook\"] } ] }\n"
        "  pay: { steps: [ { notify: [\"channel:hook\"] } ] }\n"
        "  core: { steps: [ { notify: [\"channel:hook\"] } ] }\n"
        "  mine: { steps: [ { notify: [\"channel:hook\"] } ] }\n"
        "routes:\n"
        "  - { match: { team: pay, severity: critical }, policy: pay }\n"
        "  - { match: { group: core }, policy: core }\n"
        "  - { match: { monitor: a }, policy: mine }\n");
    const char *const wanted[] = {"pay", "default", "core", "mine", "default"};
    for (size_t i = 0; i < c->n_monitors; i++)
        assert_string_equal(c->monitors[i].policy->name, wanted[i]);
    config_free(c);
}

/* --- people, channels, policies ----------------------------------------------------------- */

static void people_and_policies__references_are_resolved(void **state)
{
    (void)state;
    struct config *c = must_load(
        "policies:\n  default:\n    steps:\n"
        "      - { notify: [\"schedule:s\", \"person:bo\"] }\n"
        "      - { after: 5m, notify: \"channel:hook\" }\n"
        "    repeat: { times: 2, every: 20m }\n    ack_timeout: 30m\n    fallback: [\"channel:hook\"]\n"
        "schedules: { s: { time_zone: UTC, layers: [ { anchor: 2026-01-05, members: [ana] } ] } }\n"
        "people:\n  ana: { name: Ana Ruiz, time_zone: Europe/Madrid,"
        " notify: [ { via: hook }, { via: hook, after: 5m } ] }\n"
        "  bo: { notify: [ { via: hook } ] }\n" CHANNEL
        "web: { users: [ { person: ana, role: admin, token_sha256: "
        "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF } ] }\n");
    const struct person *ana = config_person(c, "ana"), *bo = config_person(c, "bo");
    assert_string_equal(ana->full_name, "Ana Ruiz");
    assert_string_equal(bo->full_name, "bo");
    assert_string_equal(zone_name(ana->zone), "Europe/Madrid");
    assert_null(bo->zone);
    assert_int_equal(ana->n_rules, 2);
    assert_int_equal(ana->rules[1].after_ms, 300000);
    assert_ptr_equal(ana->rules[0].via, config_channel(c, "hook"));
    const struct policy *p = config_policy(c, "default");
    assert_int_equal(p->n_steps, 2);
    assert_ptr_equal(p->steps[0].notify[0].schedule, config_schedule(c, "s"));
    assert_ptr_equal(p->steps[0].notify[1].person, bo);
    assert_int_equal(p->steps[1].after_ms, 300000);
    assert_int_equal(p->repeat_times, 2);
    assert_int_equal(p->repeat_every_ms, 1200000);
    assert_int_equal(p->ack_timeout_ms, 1800000);
    assert_ptr_equal(p->fallback[0].channel, config_channel(c, "hook"));
    assert_ptr_equal(c->web.users[0].person, ana);
    assert_int_equal(c->web.users[0].role, ROLE_ADMIN);
    assert_int_equal(c->web.users[0].token_sha256[1], 0x11);
    assert_int_equal(c->web.users[0].token_sha256[31], 0xff);
    config_free(c);
}

static void channel__every_key_arrives(void **state)
{
    (void)state;
    struct config *c = must_load("channels:\n  a:\n    type: webhook\n    url: \"${env:HOOK}\"\n"
                                 "    secrets: [" WHSEC ", " WHSEC "]\n    headers: { X: y }\n"
                                 "    timeout: 3s\n"
                                 "  b: { type: webhook, url: \"http://me:pw@h:8/x\", secret: " WHSEC " }\n"
                                 "  c: { type: webhook, url: \"https://h/${env:SECRET}\" }\n");
    const struct channel *a = config_channel(c, "a");
    assert_string_equal(a->url.bytes, "https://hooks.example/T0/tok3n");
    assert_string_equal(a->shown_url, "***");
    assert_int_equal(a->n_secrets, 2);
    assert_string_equal(a->secrets[1].bytes, WHSEC);
    assert_int_equal(a->timeout_ms, 3000);
    assert_string_equal(a->headers[0].value.bytes, "y");
    assert_string_equal(config_channel(c, "b")->shown_url, "http://h:8");
    assert_string_equal(config_channel(c, "c")->shown_url, "https://h");
    config_free(c);
}

/* --- schedules ---------------------------------------------------------------------------- */

#define SCHEDULE                                                                                   \
    "people: { ana: {}, bo: {}, chen: {} }\n" CHANNEL                                              \
    "schedules:\n  s:\n    time_zone: Europe/Madrid\n    merge: union\n    layers:\n"

static void layer__every_key_arrives(void **state)
{
    (void)state;
    struct config *c = must_load(
        SCHEDULE
        "      - name: weekly\n        time_zone: America/New_York\n"
        "        anchor: 2026-01-05T09:00\n        every: { n: 2, unit: week }\n"
        "        members: [ana, [bo, chen], null]\n        clock: elapsed\n        month_day: last\n"
        "        gap: shift\n        start_index: 2\n        level: -3\n        backwards: true\n"
        "        from: 2026-07-01T00:00\n        until: 2027-01-01T00:00Z\n"
        "        restrict:\n          - { days: [mon-fri, sun], start: \"09:00\", end: \"17:30\" }\n"
        "          - { from: \"fri 18:00\", to: \"mon 08:00\" }\n"
        "          - { days: sat-mon, start: \"20:00\", end: \"24:00\" }\n"
        "      - { anchor: 2026-01-05T09:00+05:30, every: 12 hours, members: [], allow_empty: yes }\n");
    const struct layer *l = &c->schedules[0].layers[0], *second = l + 1;
    assert_string_equal(l->name, "weekly");
    assert_string_equal(zone_name(l->zone), "America/New_York");
    assert_false(l->anchor_is_instant);
    assert_int_equal(l->anchor_local_s, at("2026-01-05T09:00:00Z") / 1000);
    assert_int_equal(l->every, 2);
    assert_int_equal(l->unit, UNIT_WEEK);
    assert_int_equal(l->clock, CLOCK_ELAPSED);
    assert_int_equal(l->month_day, MONTH_LAST);
    assert_int_equal(l->gap, ZONE_GAP_SHIFT);
    assert_int_equal(l->start_index, 2);
    assert_int_equal(l->level, -3);
    assert_true(l->backwards);
    assert_int_equal(l->from_ms, at("2026-07-01T04:00:00Z"));
    assert_int_equal(l->until_ms, at("2027-01-01T00:00:00Z"));
    assert_int_equal(l->n_members, 3);
    assert_string_equal(l->members[1].people[1], "chen");
    assert_int_equal(l->members[2].n, 0);
    assert_int_equal(l->restrict_to[0].kind, RESTRICT_DAILY);
    assert_int_equal(l->restrict_to[0].days, 0x5f);
    assert_int_equal(l->restrict_to[0].end_s, 17 * 3600 + 1800);
    assert_int_equal(l->restrict_to[1].kind, RESTRICT_WEEKLY);
    assert_int_equal(l->restrict_to[1].start_s, 4 * 86400 + 18 * 3600);
    assert_int_equal(l->restrict_to[1].end_s, 8 * 3600);
    assert_int_equal(l->restrict_to[2].days, 0x61);
    assert_int_equal(l->restrict_to[2].end_s, 0);
    assert_string_equal(second->name, "2");
    assert_string_equal(zone_name(second->zone), "Europe/Madrid");
    assert_true(second->anchor_is_instant);
    assert_int_equal(second->anchor_utc_s, at("2026-01-05T03:30:00Z") / 1000);
    assert_int_equal(second->anchor_local_s, at("2026-01-05T04:30:00Z") / 1000);
    assert_int_equal(second->clock, CLOCK_ELAPSED);
    assert_int_equal(second->unit, UNIT_HOUR);
    assert_int_equal(second->from_ms, INT64_MIN);
    assert_int_equal(second->until_ms, INT64_MAX);
    config_free(c);
}

static void layer__says_little__takes_a_week_on_the_wall(void **state)
{
    (void)state;
    struct config *c = must_load(SCHEDULE "      - { anchor: 2026-01-05, members: [ana] }\n");
    const struct layer *l = &c->schedules[0].layers[0];
    assert_int_equal(l->every, 1);
    assert_int_equal(l->unit, UNIT_WEEK);
    assert_int_equal(l->clock, CLOCK_WALL);
    assert_int_equal(l->gap, ZONE_GAP_NEXT);
    assert_int_equal(l->n_restrict, 0);
    config_free(c);
}

static void overrides_and_temporary__arrive_in_order_in_the_schedules_zone(void **state)
{
    (void)state;
    struct config *c = must_load(
        SCHEDULE "      - { anchor: 2026-01-05, time_zone: UTC, members: [ana] }\n"
                 "    overrides:\n"
                 "      - { start: 2026-07-01T10:00, end: 2026-07-01T12:00, set: bo }\n"
                 "      - { start: 2026-12-24T18:00Z, end: 2026-12-27, replace: ana, with: [bo, chen] }\n"
                 "      - { start: 2026-07-01, end: 2026-07-02, add: [bo] }\n"
                 "      - { start: 2026-07-01, end: 2026-07-02, remove: ana }\n"
                 "    temporary:\n"
                 "      - start: 2026-08-01T00:00\n        end: 2026-08-02T00:00\n"
                 "        shifts: [ { start: 2026-08-01T08:00, end: 2026-08-01T16:00, user: bo } ]\n");
    const struct schedule *s = &c->schedules[0];
    assert_int_equal(s->n_overrides, 4);
    assert_int_equal(s->overrides[0].kind, OVERRIDE_SET);
    assert_int_equal(s->overrides[0].start_ms, at("2026-07-01T08:00:00Z"));
    assert_string_equal(s->overrides[0].people.people[0], "bo");
    assert_int_equal(s->overrides[1].kind, OVERRIDE_REPLACE);
    assert_int_equal(s->overrides[1].start_ms, at("2026-12-24T18:00:00Z"));
    assert_string_equal(s->overrides[1].people.people[0], "ana");
    assert_int_equal(s->overrides[1].with.n, 2);
    assert_int_equal(s->overrides[2].kind, OVERRIDE_ADD);
    assert_int_equal(s->overrides[3].kind, OVERRIDE_REMOVE);
    assert_int_equal(s->n_temporary, 1);
    assert_int_equal(s->temporary[0].end_ms, at("2026-08-01T22:00:00Z"));
    assert_int_equal(s->temporary[0].shifts[0].start_ms, at("2026-08-01T06:00:00Z"));
    assert_string_equal(s->temporary[0].shifts[0].people.people[0], "bo");
    config_free(c);
}

/* 80 people who take turns are never on call together; merged by union they could be. */
static void many_people__counted_by_who_can_meet(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_str(&b, CHANNEL "people:\n");
    for (int i = 0; i < 80; i++)
        buf_printf(&b, "  p%d: {}\n", i);
    buf_str(&b, "schedules:\n  s:\n    time_zone: UTC\n    layers:\n      - anchor: 2026-01-05\n"
                "        members: [p0");
    for (int i = 1; i < 80; i++)
        buf_printf(&b, ", p%d", i);
    buf_str(&b, "]\n");
    config_free(must_load(buf_text(&b)));
    buf_done(&b);
}

/* --- warnings ----------------------------------------------------------------------------- */

static void warnings__are_given_and_harm_nothing(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {MONITOR, "1:1: there are no `channels`: nobody will be told\n"},
        {CHANNEL "people: { ana: {} }\n", ""},
        {CHANNEL "people:\n  ana: {}\npolicies: { default: { steps: [ { notify: [\"person:ana\"] } ] } }\n",
         "4:3: `ana` can be paged but has no `notify`: nothing would reach them\n"},
        {CHANNEL "people:\n  ana:\nschedules: { s: { time_zone: UTC, layers: [ { anchor: 2026-01-05, "
                 "members: [ana] } ] } }\n", ""},
        {CHANNEL "people:\n  ana:\nschedules: { s: { time_zone: UTC, layers: [ { anchor: 2026-01-05, "
                 "members: [ana] } ] } }\n"
                 "policies: { default: { steps: [ { notify: [\"schedule:s\"] } ] } }\n",
         "4:3: `ana` can be paged but has no `notify`: nothing would reach them\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *said = complaints_of(cases[i][0], strlen(cases[i][0]), true);
        assert_string_equal(said, cases[i][1]);
        mem_free(said);
        config_free(must_load(cases[i][0]));
    }
}

/* --- what a reload cannot change ---------------------------------------------------------- */

static void restart__needed_for_what_is_read_at_start_only(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {CHANNEL, NULL},
        {CHANNEL MONITOR, NULL},
        {CHANNEL "web: { public_url: http://h }\n", NULL},
        {CHANNEL "name: other\n", "name"},
        {CHANNEL "web: { listen: \"127.0.0.1:1\" }\n", "listen"},
        {CHANNEL "store: { url: redis://h }\n", "url"},
        {CHANNEL "store: { spool_max: 1MB }\n", "spool_max"},
        {CHANNEL "store: { retention: { raw: 2d } }\n", NULL},
    };
    struct config *running = must_load(CHANNEL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config *next = must_load(cases[i][0]);
        const char *key = config_needs_restart(running, next);
        assert_true(text_eq(key, cases[i][1]));
        config_free(next);
    }
    config_free(running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smallest_file__has_all_defaults),
        cmocka_unit_test(no_policies__default_tells_every_channel_at_once),
        cmocka_unit_test(no_policies__default_may_be_named),
        cmocka_unit_test(policies_without_default__nobody_needs_it__one_is_there),
        cmocka_unit_test(no_monitors__a_receiver_only),
        cmocka_unit_test(defaults__hold_where_a_monitor_says_nothing),
        cmocka_unit_test(inherited_timeout_longer_than_the_interval__is_lowered),
        cmocka_unit_test(http_mapping__every_key_arrives),
        cmocka_unit_test(expectations__compiled_in_order),
        cmocka_unit_test(labels__sorted_by_name),
        cmocka_unit_test(word_that_means_no__stays_a_name),
        cmocka_unit_test(disabled_monitors__count_for_nothing_in_the_plan),
        cmocka_unit_test(routes__first_match_else_own_policy_else_default),
        cmocka_unit_test(people_and_policies__references_are_resolved),
        cmocka_unit_test(channel__every_key_arrives),
        cmocka_unit_test(layer__every_key_arrives),
        cmocka_unit_test(layer__says_little__takes_a_week_on_the_wall),
        cmocka_unit_test(overrides_and_temporary__arrive_in_order_in_the_schedules_zone),
        cmocka_unit_test(many_people__counted_by_who_can_meet),
        cmocka_unit_test(warnings__are_given_and_harm_nothing),
        cmocka_unit_test(restart__needed_for_what_is_read_at_start_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
