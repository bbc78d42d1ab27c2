/* test_tls.c - TLS between our client side (in a stream) and our server side. */
#include "stream_world.h"

static void server_tls(struct server *s, struct loop *l, const char *name)
{
    char cert[128], key[128];
    struct err e;
    server_tcp(s, l, ECHOING);
    snprintf(cert, sizeof cert, "%s/%s.pem", certs.dir, name);
    snprintf(key, sizeof key, "%s/%s.key", certs.dir, name);
    struct tls_files files = {.cert_file = cert, .key_file = key};
    assert_int_equal(tls_context_server(&files, &s->tls, &e), 0);
}

static void tls__good_certificate__echoes(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    begin(&f);
    server_tls(&s, &f.loop, "good");
    struct stream_tls tls = {.server_name = "redis.localhost",
                             .ca_file = certs_path(&certs, "ca.pem")};
    struct stream_target t = {
        .host = "redis.localhost", .port = s.port, .tls = &tls, .connect_timeout_ms = 5000};
    echo(&f, &t);
    tls.server_name = t.host = "127.0.0.1";
    echo(&f, &t);
    volume(&f, &t);
    bool said = false;
    for (int i = 0; i < 50 && !said; i++) {
        turn_until(&f.loop, &said, 20);
        said = s.peers != NULL && s.peers->tls != NULL && tls_ended(s.peers->tls);
    }
    assert_true(said); /* our good-bye arrived */
    server_end(&s);
    end(&f);
}

static void tls__wrong_certificate__ends_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *server, *name, *why;
        bool own_ca;
    } cases[] = {
        {"other", "redis.localhost", "TLS: hostname mismatch", true},
        {"good", "elsewhere.example", "TLS: hostname mismatch", true},
        {"other", "127.0.0.1", "TLS: IP address mismatch", true},
        {"expired", "redis.localhost", "TLS: certificate has expired", true},
        {"self", "redis.localhost", "TLS: self-signed certificate", true},
        {"good", "redis.localhost", "TLS: unable to get local issuer certificate", false},
    };
    char ca[128];
    snprintf(ca, sizeof ca, "%s", certs_path(&certs, "ca.pem"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        struct server s;
        begin(&f);
        server_tls(&s, &f.loop, cases[i].server);
        struct stream_tls tls = {.server_name = cases[i].name,
                                 .ca_file = cases[i].own_ca ? ca : NULL};
        struct stream_target t = {
            .host = "127.0.0.1", .port = s.port, .tls = &tls, .connect_timeout_ms = 5000};
        expect_end(&f, &t, cases[i].why);
        server_end(&s);
        end(&f);
    }
}

static void tls__silent_or_babbling_server__ends(void **state)
{
    (void)state;
    struct fixture f;
    struct server silent, plain;
    begin(&f);
    server_tcp(&silent, &f.loop, SILENT);
    server_tcp(&plain, &f.loop, BAD_BYTES);
    struct stream_tls tls = {.server_name = "127.0.0.1"};
    struct stream_target t = {
        .host = "127.0.0.1", .port = silent.port, .tls = &tls, .connect_timeout_ms = 900};
    int64_t start_us = loop_mono_us();
    expect_end(&f, &t, "no TLS handshake within 900ms");
    assert_true(loop_mono_us() - start_us >= 899000);
    t.port = plain.port;
    t.connect_timeout_ms = 5000;
    expect_end(&f, &t, "TLS: wrong version number");
    server_end(&silent);
    server_end(&plain);
    end(&f);
}

static void tls__files_missing__ends_with_their_name(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    struct stream_tls tls = {.server_name = "127.0.0.1", .ca_file = "/nonexistent.pem"};
    struct stream_target t = {
        .host = "127.0.0.1", .port = 1, .tls = &tls, .connect_timeout_ms = 900};
    expect_end(&f, &t, "CA file /nonexistent.pem: No such file or directory");
    char key[128];
    snprintf(key, sizeof key, "%s", certs_path(&certs, "good.key"));
    tls.ca_file = NULL;
    tls.key_file = "/nonexistent.key";
    tls.cert_file = "/nonexistent.pem";
    expect_end(&f, &t, "certificate /nonexistent.pem: No such file or directory");
    tls.cert_file = certs_path(&certs, "client.pem");
    tls.key_file = key;
    struct client c = {.want = 1};
    client_open(&c, &f, &t);
    assert_true(turn_until(&f.loop, &c.done, 1000));
    assert_non_null(strstr(c.why, "key"));
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls__good_certificate__echoes),
        cmocka_unit_test(tls__wrong_certificate__ends_with_the_reason),
        cmocka_unit_test(tls__silent_or_babbling_server__ends),
        cmocka_unit_test(tls__files_missing__ends_with_their_name),
    };
    return cmocka_run_group_tests(tests, make_certs, drop_certs);
}
