/* test_page.c - who is told, by what id, in which words. */
#include "bench.h"

#define FLAT "  p: { steps: [ { notify: ['channel:a'] } ] }\n"

static struct page *add(struct bench *b, enum notice_type type, const char *person, int rule)
{
    struct recipient r = {.person = person,
                          .person_name = person,
                          .rule = rule,
                          .channel = config_channel(b->config, "a")};

    return page_add(b->c, &b->desk, type, &r);
}

/* --- ids --- */

static void id__the_same_decision_again__is_the_same(void **state)
{
    char first[DELIVERY_ID_SIZE];
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    text_copy(first, sizeof first, add(&b, NOTICE_TRIGGERED, "ana", 0)->d.id);
    bench_done(&b);
    bench_init(&b, FLAT);
    bench_at(&b, 77, CAUSE_START); /* decided anew after a crash, later */
    b.c->incident.count = 9;
    assert_string_equal(add(&b, NOTICE_TRIGGERED, "ana", 0)->d.id, first);
    bench_done(&b);
}

static void id__is_fit_for_a_signature_and_names_its_incident(void **state)
{
    struct bench b;
    const char *id;

    (void)state;
    bench_init(&b, FLAT);
    id = add(&b, NOTICE_TRIGGERED, "ana", 0)->d.id;
    assert_true(text_starts(id, "1n7abcdef012-"));
    assert_int_equal(strlen(id), 12 + 1 + 12);
    assert_int_equal(strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz-"), strlen(id));
    memset(b.c->incident.id, 'z', INCIDENT_ID_SIZE - 1); /* the longest that fits */
    id = add(&b, NOTICE_TRIGGERED, "ana", 0)->d.id;
    assert_int_equal(strlen(id), INCIDENT_ID_SIZE - 1 + 1 + 12);
    bench_done(&b);
}

static void all_ids_differ(const struct incident_case *c)
{
    for (size_t i = 0; i < c->pages.n; i++)
        for (size_t j = i + 1; j < c->pages.n; j++)
            assert_string_not_equal(c->pages.items[i]->d.id, c->pages.items[j]->d.id);
}

static void id__whatever_differs__differs(void **state)
{
    struct incident before;
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    before = b.c->incident;
    add(&b, NOTICE_TRIGGERED, "ana", 0);
    add(&b, NOTICE_ESCALATED, "ana", 0);
    add(&b, NOTICE_TRIGGERED, "bo", 0);
    add(&b, NOTICE_TRIGGERED, NULL, -1);
    add(&b, NOTICE_TRIGGERED, "ana", 1);
    add(&b, NOTICE_ACKNOWLEDGED, "ana", -1);
    b.c->incident.acked_ms = 1;
    add(&b, NOTICE_ACKNOWLEDGED, "ana", -1);
    b.c->incident.cycle = 1;
    add(&b, NOTICE_TRIGGERED, "ana", 0);
    b.c->incident.step = 1;
    add(&b, NOTICE_TRIGGERED, "ana", 0);
    b.c->incident.loop = 1;
    add(&b, NOTICE_TRIGGERED, "ana", 0);
    b.c->incident = before;
    b.c->incident.id[0] = '2';
    add(&b, NOTICE_TRIGGERED, "ana", 0);
    page_contacts(b.c, &b.desk, NOTICE_TRIGGERED,
                  &(struct contact){CONTACT_CHANNEL, NULL, NULL, config_channel(b.config, "b")}, 1,
                  &b.said);
    assert_int_equal(b.c->pages.n, 12);
    all_ids_differ(b.c);
    bench_done(&b);
}

static void add__decided_already__is_the_page_there_is(void **state)
{
    struct bench b;
    struct page *first;

    (void)state;
    bench_init(&b, FLAT);
    first = add(&b, NOTICE_TRIGGERED, "ana", 0);
    first->d.state = DELIVERY_DELIVERED;
    assert_ptr_equal(add(&b, NOTICE_TRIGGERED, "ana", 0), first);
    assert_int_equal(b.c->pages.n, 1);
    assert_int_equal(first->d.state, DELIVERY_DELIVERED);
    bench_done(&b);
}

/* --- words --- */

static void notice__of_a_person_on_call__says_everything(void **state)
{
    struct bench b;
    const struct delivery *d;
    const struct notice *n;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['schedule:days'] } ] }\n");
    d = &b.c->pages.items[0]->d;
    n = &d->notice;
    assert_int_equal(n->type, NOTICE_TRIGGERED);
    assert_int_equal(n->at_ms, BENCH_START_MS);
    assert_string_equal(n->incident, "1n7abcdef012");
    assert_string_equal(n->dedup_key, "monitor:api");
    assert_string_equal(n->monitor, "api");
    assert_string_equal(n->group, "core");
    assert_string_equal(n->labels, "team=payments\n");
    assert_string_equal(n->title, "api is down: refused");
    assert_string_equal(n->runbook, "https://run.example/api");
    assert_int_equal(n->state, INCIDENT_TRIGGERED);
    assert_int_equal(n->severity, SEVERITY_CRITICAL);
    assert_int_equal(n->reason, REASON_CONNECT);
    assert_int_equal(n->started_ms, BENCH_START_MS - 10000);
    assert_int_equal(n->resolved_ms, 0);
    assert_int_equal(n->count, 2);
    assert_string_equal(n->person, "bo");
    assert_string_equal(n->person_name, "bo");
    assert_string_equal(n->schedule, "days");
    assert_string_equal(n->channel, "b");
    assert_int_equal(n->step, 0);
    assert_int_equal(n->loop, 0);
    assert_string_equal(n->actor, "");
    assert_string_equal(n->why, "policy p, step 0: on call in days (l)");
    assert_int_equal(d->rule, 0);
    assert_int_equal(d->created_ms, BENCH_START_MS);
    assert_int_equal(d->due_ms, BENCH_START_MS);
    bench_done(&b);
}

static void notice__of_a_person_and_of_a_channel__names_them(void **state)
{
    struct bench b;
    const struct notice *n;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['person:ana', 'channel:f'] } ] }\n");
    n = &b.c->pages.items[0]->d.notice;
    assert_string_equal(n->person, "ana");
    assert_string_equal(n->person_name, "Ana Ruiz");
    assert_string_equal(n->schedule, "");
    assert_string_equal(n->why, "policy p, step 0: ana");
    n = &b.c->pages.items[1]->d.notice;
    assert_string_equal(n->person, "");
    assert_string_equal(n->person_name, "");
    assert_string_equal(n->channel, "f");
    assert_string_equal(n->why, "policy p, step 0: f");
    assert_int_equal(b.c->pages.items[1]->d.rule, -1);
    bench_done(&b);
}

static void notice__too_long_a_why__is_cut_between_code_points(void **state)
{
    char layer[400] = "";
    struct recipient r = {.person = "ana", .schedule = "days", .layer = layer};
    struct bench b;
    const char *why;

    (void)state;
    for (size_t shift = 0; shift < 2; shift++) {
        memset(layer, 'x', shift);
        for (size_t i = shift; i + 2 < sizeof layer; i += 2)
            memcpy(layer + i, "\xc3\xa9", 2);
        bench_init(&b, FLAT);
        r.channel = config_channel(b.config, "a");
        why = page_add(b.c, &b.desk, NOTICE_TRIGGERED, &r)->d.notice.why;
        assert_true(utf8_valid(why, strlen(why)));
        assert_in_range(strlen(why), sizeof((struct notice *)0)->why - 2,
                        sizeof((struct notice *)0)->why - 1);
        bench_done(&b);
    }
}

/* --- who --- */

static void contacts__each_kind__are_found_counted_and_named(void **state)
{
    static const struct {
        const char *notify, *names, *sends;
        size_t told;
    } rows[] = {
        {"'channel:a'", "a", "a", 1},
        {"'person:bo'", "bo", "b", 1},
        {"'schedule:days'", "bo", "b", 1},
        {"'schedule:empty'", "", "", 0},
        {"'schedule:empty', 'channel:f', 'person:ana'", "f, ana", "f a", 2},
        {"'schedule:days', 'person:bo'", "bo, bo", "b", 2},
        {"'person:eve'", "", "", 0},
        {"'schedule:silent'", "ana", "a", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char policy[200];
        struct buf names;
        struct bench b;
        const struct step *s;

        snprintf(policy, sizeof policy,
                 "  p: { steps: [ { notify: [%s] } ], fallback: ['channel:c'] }\n", rows[i].notify);
        bench_init(&b, policy);
        s = &config_policy(b.config, "p")->steps[0];
        buf_init(&names, 200);
        assert_int_equal(
            page_contacts(b.c, &b.desk, NOTICE_TRIGGERED, s->notify, s->n_notify, &names),
            rows[i].told);
        assert_string_equal(buf_text(&names), rows[i].names);
        buf_done(&names);
        bench_settle(&b);
        assert_string_equal(bench_sends(&b), rows[i].sends);
        bench_done(&b);
    }
}

static void person__without_rules__is_nobody(void **state)
{
    struct person silent = {.name = "silent"};
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    assert_int_equal(page_person(b.c, &b.desk, NOTICE_TRIGGERED, &silent, NULL, NULL), 0);
    assert_int_equal(b.c->pages.n, 0);
    bench_done(&b);
}

/* Paged again in a later loop, the rules count from that moment too. */
static void person__paged_again__has_the_rules_from_then(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b,
               "  p: { steps: [ { notify: ['person:cy'] } ], repeat: { times: 1, every: 3m } }\n");
    bench_end(&b, "a", "ok", 1);
    bench_tick(&b, 120);
    bench_end(&b, "b", "ok", 121);
    bench_tick(&b, 180);
    assert_int_equal(b.c->pages.n, 6);
    assert_int_equal(b.c->pages.items[2]->d.due_ms, BENCH_START_MS + 300000);
    assert_int_equal(b.c->pages.items[3]->d.due_ms, BENCH_START_MS + 180000);
    assert_int_equal(b.c->pages.items[4]->d.due_ms, BENCH_START_MS + 300000);
    assert_int_equal(b.c->pages.items[5]->d.due_ms, BENCH_START_MS + 480000);
    bench_done(&b);
}

/* --- what kind --- */

static void page__each_type__is_an_alarm_or_a_note(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    for (int t = NOTICE_TRIGGERED; t < NOTICE_COUNT; t++) {
        struct page p = {.of = b.c, .d.notice.type = (enum notice_type)t};
        bool alarm = t == NOTICE_TRIGGERED || t == NOTICE_ESCALATED || t == NOTICE_UNACKNOWLEDGED;

        bool note = t == NOTICE_ACKNOWLEDGED || t == NOTICE_RESOLVED || t == NOTICE_UPDATED ||
                    t == NOTICE_SNOOZED;

        assert_int_equal(page_is_alarm(&p), alarm);
        assert_int_equal(page_is_note(&p), note);
    }
    for (int s = DELIVERY_WAITING; s <= DELIVERY_OVERTAKEN; s++) {
        struct page p = {.of = b.c, .d.state = (enum delivery_state)s};

        assert_int_equal(page_unfinished(&p), s == DELIVERY_WAITING || s == DELIVERY_SENDING);
    }
    bench_done(&b);
}

static void news__by_type_state_and_cycle__holds(void **state)
{
    static const struct {
        enum notice_type type;
        bool triggered, acked, snoozed, resolved;
    } rows[] = {
        {NOTICE_TRIGGERED, true, false, false, false},
        {NOTICE_ESCALATED, true, false, false, false},
        {NOTICE_UNACKNOWLEDGED, true, false, false, false},
        {NOTICE_ACKNOWLEDGED, false, true, false, false},
        {NOTICE_RESOLVED, true, true, true, true},
        {NOTICE_REMINDER, false, true, false, false},
        {NOTICE_SNOOZED, false, false, true, false},
        {NOTICE_UPDATED, true, true, true, false},
        {NOTICE_HANDOFF, true, true, true, false},
        {NOTICE_SILENCE_ENDING, true, true, true, false},
    };
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bool wants[] = {rows[i].triggered, rows[i].acked, rows[i].snoozed, rows[i].resolved};

        for (int s = INCIDENT_TRIGGERED; s <= INCIDENT_RESOLVED; s++) {
            struct page p = {.of = b.c, .d.notice.type = rows[i].type};

            b.c->incident.state = (enum incident_state)s;
            assert_int_equal(page_is_news(&p), wants[s]);
            p.d.cycle = 1;
            assert_int_equal(page_is_news(&p), rows[i].type == NOTICE_RESOLVED);
            p.d.replayed = true;
            assert_true(page_is_news(&p));
        }
    }
    bench_done(&b);
}

/* --- telling those who know --- */

static void tell__each_contact_that_may_know__once_and_nobody_else(void **state)
{
    static const struct {
        const char *channel;
        enum delivery_state state;
        enum reached reached;
        bool told;
    } rows[] = {
        {"a", DELIVERY_DELIVERED, REACHED_YES, true},
        {"a", DELIVERY_DELIVERED, REACHED_YES, false}, /* the second page to one contact */
        {"b", DELIVERY_REFUSED, REACHED_NO, false},
        {"b", DELIVERY_SENDING, REACHED_NO, true}, /* the contact's second page */
        {"c", DELIVERY_OVERTAKEN, REACHED_MAYBE, true},
        {"f", DELIVERY_WAITING, REACHED_NO, false},
    };
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct recipient r = {.channel = config_channel(b.config, rows[i].channel), .rule = (int)i};
        struct page *p = page_add(b.c, &b.desk, NOTICE_TRIGGERED, &r);

        p->d.state = rows[i].state;
        p->d.reached = rows[i].reached;
        p->d.notice.step = (int)i;
        p->d.notice.loop = (int)i + 10;
    }
    b.c->incident.step = 4;
    page_tell_reached(b.c, &b.desk, NOTICE_RESOLVED);
    assert_int_equal(b.c->pages.n, 6 + 3);
    assert_string_equal(b.c->pages.items[6]->d.notice.channel, "a");
    assert_string_equal(b.c->pages.items[7]->d.notice.channel, "b");
    assert_string_equal(b.c->pages.items[8]->d.notice.channel, "c");
    assert_int_equal(b.c->pages.items[6]->d.notice.step, 0);
    assert_int_equal(b.c->pages.items[6]->d.notice.loop, 10);
    assert_int_equal(b.c->pages.items[7]->d.notice.step, 3);
    assert_string_equal(b.c->pages.items[6]->d.notice.why, "was paged in step 0");
    assert_int_equal(b.c->pages.items[6]->d.rule, -1);
    bench_done(&b);
}

/* The channel may be gone, the person too: the note is decided all the same, its end is the app's.
 */
static void tell__channel_no_longer_configured__still_says_who_should_have_known(void **state)
{
    struct bench b;
    const struct notice *n;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['schedule:days'] } ] }\n");
    bench_end(&b, "b", "ok", 1);
    text_copy(b.c->pages.items[0]->d.notice.channel, NAME_SIZE, "gone");
    bench_recover(&b, 2);
    n = &b.c->pages.items[1]->d.notice;
    assert_string_equal(n->channel, "gone");
    assert_string_equal(n->person, "bo");
    assert_string_equal(n->schedule, "days");
    assert_string_equal(bench_sends(&b), "gone");
    bench_done(&b);
}

static void overtake__only_what_waits__is_overtaken(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    for (int s = DELIVERY_WAITING; s <= DELIVERY_OVERTAKEN; s++) {
        struct page *p = add(&b, NOTICE_TRIGGERED, "ana", s);

        p->d.state = (enum delivery_state)s;
        p->dirty = false;
    }
    page_overtake(b.c, &b.desk);
    for (int s = DELIVERY_WAITING; s <= DELIVERY_OVERTAKEN; s++) {
        const struct page *p = b.c->pages.items[s];

        assert_int_equal(p->d.state, s == DELIVERY_WAITING ? (int)DELIVERY_OVERTAKEN : s);
        assert_int_equal(p->dirty, s == DELIVERY_WAITING);
        assert_int_equal(p->d.done_ms, s == DELIVERY_WAITING ? BENCH_START_MS : 0);
    }
    bench_done(&b);
}

/* Opened again, an end of before is told with the next one. */
static void news__an_end_of_an_earlier_life__is_none(void **state)
{
    static const struct {
        int cycle, born_cycle;
        enum incident_state state;
        bool news;
    } rows[] = {
        {2, 3, INCIDENT_TRIGGERED, false}, {2, 3, INCIDENT_RESOLVED, true},
        {3, 3, INCIDENT_TRIGGERED, true},  {4, 3, INCIDENT_SNOOZED, true},
        {0, 0, INCIDENT_TRIGGERED, true},
    };
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct page p = {.of = b.c, .d.notice.type = NOTICE_RESOLVED, .d.cycle = rows[i].cycle};

        b.c->incident.cycle = 9;
        b.c->incident.born_cycle = rows[i].born_cycle;
        b.c->incident.state = rows[i].state;
        assert_int_equal(page_is_news(&p), rows[i].news);
    }
    bench_done(&b);
}

/* --- words to one person --- */

static void word__goes_by_the_first_channel_once(void **state)
{
    struct bench b;
    struct page *p;

    (void)state;
    bench_init(&b, FLAT);
    p = page_word(b.c, &b.desk, NOTICE_HANDOFF, config_person(b.config, "cy"), "days");
    assert_int_equal(b.c->pages.n, 1);
    assert_string_equal(p->d.notice.channel, "a");
    assert_string_equal(p->d.notice.person, "cy");
    assert_string_equal(p->d.notice.schedule, "days");
    assert_string_equal(p->d.notice.why, "is on call now");
    assert_int_equal(p->d.rule, -1);
    assert_null(page_word(b.c, &b.desk, NOTICE_HANDOFF, config_person(b.config, "eve"), "days"));
    bench_done(&b);
}

/* Whoever takes over two schedules in one moment hears of both, and each word stays as it is. */
static void word__of_another_schedule_or_instant__is_another(void **state)
{
    struct bench b;
    const struct person *cy;

    (void)state;
    bench_init(&b, FLAT);
    cy = config_person(b.config, "cy");
    page_word(b.c, &b.desk, NOTICE_HANDOFF, cy, "days");
    page_word(b.c, &b.desk, NOTICE_HANDOFF, cy, "days");
    assert_int_equal(b.c->pages.n, 1);
    page_word(b.c, &b.desk, NOTICE_HANDOFF, cy, "silent");
    page_word(b.c, &b.desk, NOTICE_REMINDER, cy, NULL);
    page_word(b.c, &b.desk, NOTICE_SILENCE_ENDING, cy, NULL);
    bench_at(&b, 1, CAUSE_TIMER);
    page_word(b.c, &b.desk, NOTICE_HANDOFF, cy, "days");
    page_word(b.c, &b.desk, NOTICE_REMINDER, cy, NULL);
    page_word(b.c, &b.desk, NOTICE_SILENCE_ENDING, cy, NULL);
    assert_int_equal(b.c->pages.n, 7);
    all_ids_differ(b.c);
    bench_done(&b);
}

/* --- about a channel --- */

static void open_about(struct bench *b, const char *channel, const char *policies)
{
    bench_init(b, policies);
    text_printf(b->c->incident.dedup_key, sizeof b->c->incident.dedup_key, "channel:%s", channel);
    b->c->incident.monitor[0] = '\0';
    case_begin(b->c, &b->desk);
    bench_settle(b);
}

static void about_a_channel__nothing_of_it_goes_by_that_channel(void **state)
{
    struct bench b;

    (void)state;
    open_about(&b, "a",
               "  p: { steps: [ { notify: ['channel:a', 'person:ana', 'person:cy', 'person:fay'] "
               "} ], remind: 10m, fallback: ['channel:a'] }\n");
    bench_take(&b, 1);
    bench_run(&b, 300);
    bench_take(&b, 301);
    assert_string_equal(bench_pages(&b), "b triggered delivered!, c triggered delivered!, "
                                         "f triggered delivered!");
    bench_ack_by(&b, "cy", 302); /* whose first channel it is */
    bench_take(&b, 303);
    bench_tick(&b, 902);
    assert_string_equal(bench_news(&b), "b reminder");
    assert_null(page_word(b.c, &b.desk, NOTICE_REMINDER, config_person(b.config, "ana"), NULL));
    bench_done(&b);
}

static void about_a_channel__reassigned_to_whom_it_alone_reaches__any_other(void **state)
{
    struct bench b;

    (void)state;
    open_about(&b, "a", "  p: { steps: [ { notify: ['channel:f'] } ] }\n");
    bench_take(&b, 1);
    bench_reassign(&b, "ana", 10);
    assert_string_equal(bench_news(&b), "b escalated, c escalated, f escalated");
    assert_string_equal(b.c->incident.assigned, "ana");
    bench_done(&b);
}

/* Another channel whose name begins alike is another channel. */
static void about_a_channel__another__is_used(void **state)
{
    struct bench b;

    (void)state;
    open_about(&b, "aa", FLAT);
    assert_string_equal(bench_news(&b), "a triggered");
    bench_done(&b);
}

static void about_a_channel__all_the_policy_has__goes_to_every_other_channel(void **state)
{
    struct bench b;

    (void)state;
    open_about(&b, "a", FLAT);
    assert_string_equal(bench_news(&b), "b escalated, c escalated, f escalated");
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id__the_same_decision_again__is_the_same),
        cmocka_unit_test(id__is_fit_for_a_signature_and_names_its_incident),
        cmocka_unit_test(id__whatever_differs__differs),
        cmocka_unit_test(add__decided_already__is_the_page_there_is),
        cmocka_unit_test(notice__of_a_person_on_call__says_everything),
        cmocka_unit_test(notice__of_a_person_and_of_a_channel__names_them),
        cmocka_unit_test(notice__too_long_a_why__is_cut_between_code_points),
        cmocka_unit_test(contacts__each_kind__are_found_counted_and_named),
        cmocka_unit_test(person__without_rules__is_nobody),
        cmocka_unit_test(person__paged_again__has_the_rules_from_then),
        cmocka_unit_test(page__each_type__is_an_alarm_or_a_note),
        cmocka_unit_test(news__by_type_state_and_cycle__holds),
        cmocka_unit_test(tell__each_contact_that_may_know__once_and_nobody_else),
        cmocka_unit_test(tell__channel_no_longer_configured__still_says_who_should_have_known),
        cmocka_unit_test(overtake__only_what_waits__is_overtaken),
        cmocka_unit_test(news__an_end_of_an_earlier_life__is_none),
        cmocka_unit_test(word__goes_by_the_first_channel_once),
        cmocka_unit_test(word__of_another_schedule_or_instant__is_another),
        cmocka_unit_test(about_a_channel__nothing_of_it_goes_by_that_channel),
        cmocka_unit_test(about_a_channel__reassigned_to_whom_it_alone_reaches__any_other),
        cmocka_unit_test(about_a_channel__another__is_used),
        cmocka_unit_test(about_a_channel__all_the_policy_has__goes_to_every_other_channel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
