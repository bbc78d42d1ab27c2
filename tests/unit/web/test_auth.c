/* Who may have what: every rule of docs/api.md as a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "loop/crypto.h"
#include "web/auth.h"

static struct person ana = {.name = "ana"}, bo = {.name = "bo"}, cy = {.name = "cy"};
static struct web_user users[3];
static struct config open_config, closed_config;

static int prepare(void **state)
{
    (void)state;
    users[0] = (struct web_user){.person = &ana, .role = ROLE_ADMIN};
    users[1] = (struct web_user){.person = &bo, .role = ROLE_RESPONDER};
    users[2] = (struct web_user){.person = &cy, .role = ROLE_VIEWER};
    crypto_sha256("token-of-ana", 12, users[0].token_sha256);
    crypto_sha256("token-of-bo", 11, users[1].token_sha256);
    crypto_sha256("token-of-cy", 11, users[2].token_sha256);
    open_config.web.public_url = closed_config.web.public_url = "https://status.acme.dev";
    closed_config.web.users = users;
    closed_config.web.n_users = 3;
    return 0;
}

struct question {
    const char *peer;
    bool loopback;
    const char *host;
    const char *header, *value; /* one more header; NULL none */
    enum access access;
    int status;
};

static struct auth ask(struct limiter *l, const struct config *c, const struct question *q)
{
    struct header h = {q->header, q->value};
    struct request_view v = {.method = "GET",
                             .path = "/",
                             .query = "",
                             .host = q->host,
                             .headers = &h,
                             .n_headers = q->header != NULL,
                             .peer = q->peer,
                             .loopback = q->loopback};

    return auth_check(l, c, &v, q->access, 1000000);
}

static void check(const struct config *c, const struct question *q, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct limiter l = {.seed = 1};
        struct auth a = ask(&l, c, &q[i]);

        if (a.status != q[i].status)
            fail_msg("row %zu (%s %s: %s): %d, wanted %d", i, q[i].host,
                     q[i].header ? q[i].header : "-", q[i].value ? q[i].value : "", a.status,
                     q[i].status);
    }
}

#define US   "127.0.0.1", true
#define THEM "192.0.2.7", false
#define UNIX "unix", true
#define NONE NULL, NULL

static void without_users__reading_open_acting_local_names_own(void **state)
{
    static const struct question rows[] = {
        {THEM, "192.0.2.1:8686", NONE, ACCESS_READ, 0},
        {THEM, "[2001:db8::1]:8686", NONE, ACCESS_READ, 0},
        {THEM, "status.acme.dev", NONE, ACCESS_READ, 0},
        {THEM, "STATUS.acme.dev:443", NONE, ACCESS_READ, 0},
        {US, "localhost:8686", NONE, ACCESS_READ, 0},
        {US, "LOCALHOST", NONE, ACCESS_READ, 0},
        {UNIX, "anything", NONE, ACCESS_READ, 0},
        {US, "evil.example:8686", NONE, ACCESS_READ, 421}, /* a rebound name */
        {US, "localhost.evil.example", NONE, ACCESS_READ, 421},
        {US, "127.0.0.1.evil.example", NONE, ACCESS_READ, 421},
        {US, "status.acme.dev.evil.example", NONE, ACCESS_READ, 421},
        {US, "", NONE, ACCESS_READ, 421},
        {US, "evil.example", NONE, ACCESS_ACT, 421},
        {US, "evil.example", NONE, ACCESS_OPEN, 0},
        {US, "evil.example", NONE, ACCESS_METRICS, 0},
        {THEM, "192.0.2.1", NONE, ACCESS_METRICS, 0},
        {US, "127.0.0.1:8686", NONE, ACCESS_ACT, 0},
        {UNIX, "localhost", NONE, ACCESS_ACT, 0},
        {THEM, "192.0.2.1", NONE, ACCESS_ACT, 403},
        {US, "status.acme.dev", "x-forwarded-for", "192.0.2.7", ACCESS_ACT, 403},
        {US, "status.acme.dev", "forwarded", "for=192.0.2.7", ACCESS_ACT, 403},
        {US, "status.acme.dev", "x-real-ip", "192.0.2.7", ACCESS_ACT, 403},
        {US, "status.acme.dev", "via", "1.1 proxy", ACCESS_ACT, 403},
        {UNIX, "status.acme.dev", "x-forwarded-for", "192.0.2.7", ACCESS_ACT, 403},
        {US, "status.acme.dev", "x-forwarded-for", "192.0.2.7", ACCESS_READ, 0},
    };
    (void)state;
    check(&open_config, rows, sizeof rows / sizeof *rows);
}

/* --- calendars: the token may stand in the address ------------------------------------------ */

static void calendar__with_users__takes_the_token_from_the_address(void **state)
{
    static const struct {
        const char *query, *header;
        enum access access;
        int status;
    } rows[] = {
        {"token=token-of-cy", NULL, ACCESS_CALENDAR, 0},
        {"a=b&token=token%2Dof-cy", NULL, ACCESS_CALENDAR, 0},
        {"", "Bearer token-of-cy", ACCESS_CALENDAR, 0},
        {"token=wrong", "Bearer token-of-cy", ACCESS_CALENDAR, 401},
        {"token=", NULL, ACCESS_CALENDAR, 401},
        {"token=token-of-cyx", NULL, ACCESS_CALENDAR, 401},
        {"tokens=token-of-cy", NULL, ACCESS_CALENDAR, 401},
        {"", NULL, ACCESS_CALENDAR, 401},
        {"token=token-of-cy", NULL, ACCESS_READ, 401},
        {"token=token-of-ana", NULL, ACCESS_ACT, 401},
        {"token=token-of-cy", NULL, ACCESS_METRICS, 401},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct limiter l = {.seed = 1};
        struct header h = {"authorization", rows[i].header};
        struct request_view v = {.method = "GET",
                                 .path = "/",
                                 .query = rows[i].query,
                                 .host = "any.name",
                                 .headers = &h,
                                 .n_headers = rows[i].header != NULL,
                                 .peer = "192.0.2.7"};
        struct auth a = auth_check(&l, &closed_config, &v, rows[i].access, 1000000);

        if (a.status != rows[i].status)
            fail_msg("row %zu (%s): %d, wanted %d", i, rows[i].query, a.status, rows[i].status);
        assert_true(a.status == 0 || strstr(a.why, "token-of") == NULL);
    }
}

static void calendar__guessing_from_afar__is_slowed_down(void **state)
{
    struct limiter l = {.seed = 1};
    struct request_view v = {.method = "GET",
                             .path = "/",
                             .query = "token=guess",
                             .host = "any.name",
                             .peer = "192.0.2.7"};
    int status = 401;
    (void)state;
    for (int i = 0; i < 20 && status == 401; i++)
        status = auth_check(&l, &closed_config, &v, ACCESS_CALENDAR, 1000000).status;
    assert_int_equal(status, 429);
}

static void calendar__without_users__is_read_like_the_rest(void **state)
{
    static const struct question rows[] = {
        {THEM, "192.0.2.1:8686", NONE, ACCESS_CALENDAR, 0},
        {THEM, "status.acme.dev", NONE, ACCESS_CALENDAR, 0},
        {US, "evil.example:8686", NONE, ACCESS_CALENDAR, 421},
    };
    (void)state;
    check(&open_config, rows, sizeof rows / sizeof *rows);
}

static void browsers__from_another_site__may_not_act(void **state)
{
    static const struct question rows[] = {
        {US, "localhost:8686", "sec-fetch-site", "cross-site", ACCESS_ACT, 403},
        {US, "localhost:8686", "sec-fetch-site", "same-site", ACCESS_ACT, 403},
        {US, "localhost:8686", "sec-fetch-site", "same-origin", ACCESS_ACT, 0},
        {US, "localhost:8686", "sec-fetch-site", "none", ACCESS_ACT, 0},
        {US, "localhost:8686", "sec-fetch-site", "cross-site", ACCESS_READ, 0},
        {US, "localhost:8686", "origin", "http://localhost:8686", ACCESS_ACT, 0},
        {US, "localhost:8686", "origin", "http://localhost:8687", ACCESS_ACT, 403},
        {US, "localhost:8686", "origin", "http://evil.example", ACCESS_ACT, 403},
        {US, "localhost:8686", "origin", "null", ACCESS_ACT, 403},
        {US, "localhost:8686", "origin", "", ACCESS_ACT, 403},
        {US, "localhost:8686", "origin", "https://status.acme.dev", ACCESS_ACT, 0},
        {US, "localhost:8686", "origin", "https://status.acme.de", ACCESS_ACT, 403},
        {US, "localhost:8686", "origin", "https://", ACCESS_ACT, 403},
        {US, "localhost:8686", "origin", "https://status.acme.dev.evil.example", ACCESS_ACT, 403},
        {US, "localhost:8686", "origin", "ftp://localhost:8686", ACCESS_ACT, 403},
    };
    (void)state;
    check(&open_config, rows, sizeof rows / sizeof *rows);
}

static void with_users__a_token_of_the_role(void **state)
{
    static const struct question rows[] = {
        {US, "localhost", NONE, ACCESS_OPEN, 0},
        {US, "localhost", NONE, ACCESS_READ, 401},
        {US, "localhost", NONE, ACCESS_ACT, 401},
        {US, "localhost", NONE, ACCESS_METRICS, 0},
        {US, "localhost", "x-forwarded-for", "192.0.2.7", ACCESS_METRICS, 401},
        {THEM, "localhost", NONE, ACCESS_METRICS, 401},
        {THEM, "a", "authorization", "Bearer token-of-cy", ACCESS_METRICS, 0},
        {THEM, "any.name", "authorization", "Bearer token-of-cy", ACCESS_READ, 0},
        {THEM, "any.name", "authorization", "bearer   token-of-cy", ACCESS_READ, 0},
        {THEM, "a", "authorization", "Bearer token-of-cy", ACCESS_ACT, 403},
        {THEM, "a", "authorization", "Bearer token-of-bo", ACCESS_ACT, 0},
        {THEM, "a", "authorization", "Bearer token-of-ana", ACCESS_ACT, 0},
        {THEM, "a", "authorization", "Bearer token-of-an", ACCESS_READ, 401},
        {THEM, "a", "authorization", "Bearer token-of-ana ", ACCESS_READ, 401},
        {THEM, "a", "authorization", "Bearer ", ACCESS_READ, 401},
        {THEM, "a", "authorization", "Bearer", ACCESS_READ, 401},
        {THEM, "a", "authorization", "Basic dG9rZW4tb2YtYW5h", ACCESS_READ, 401},
        {THEM, "a", "authorization", "token-of-ana", ACCESS_READ, 401},
    };
    (void)state;
    check(&closed_config, rows, sizeof rows / sizeof *rows);
}

static void token__known__names_its_person(void **state)
{
    struct limiter l = {.seed = 1};
    struct question q = {THEM, "a", "authorization", "Bearer token-of-bo", ACCESS_ACT, 0};
    (void)state;
    assert_string_equal(ask(&l, &closed_config, &q).user->person->name, "bo");
}

static void guesses__too_many_from_afar__limited__from_here_not(void **state)
{
    struct question far = {THEM, "a", "authorization", "Bearer guess", ACCESS_READ, 0};
    struct question near = {US, "a", "authorization", "Bearer guess", ACCESS_READ, 0};
    struct limiter l = {.seed = 1};
    (void)state;
    for (int i = 0; i < LIMITER_BURST; i++)
        assert_int_equal(ask(&l, &closed_config, &far).status, 401);
    assert_int_equal(ask(&l, &closed_config, &far).status, 429);
    far.value = "Bearer token-of-ana";
    assert_int_equal(ask(&l, &closed_config, &far).status, 429);
    for (int i = 0; i < 3 * LIMITER_BURST; i++)
        assert_int_equal(ask(&l, &closed_config, &near).status, 401);
    assert_true(limiter_allows(&l, near.peer, 1000000)); /* what comes through a proxy here */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_users__reading_open_acting_local_names_own),
        cmocka_unit_test(browsers__from_another_site__may_not_act),
        cmocka_unit_test(with_users__a_token_of_the_role),
        cmocka_unit_test(token__known__names_its_person),
        cmocka_unit_test(guesses__too_many_from_afar__limited__from_here_not),
        cmocka_unit_test(calendar__with_users__takes_the_token_from_the_address),
        cmocka_unit_test(calendar__guessing_from_afar__is_slowed_down),
        cmocka_unit_test(calendar__without_users__is_read_like_the_rest),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
