/* test_http.c - the http probe against a real nginx: TLS, certificates, HTTP/2, gzip, reuse. */
#include "../loop/help.h"

#include "base/text.h"
#include "nginx.h"
#include "probe/probe.h"

static struct loop loop;
static struct resolver *resolver;
static struct http_client *client;
static struct nginx nginx;
static bool have_nginx;
static char ca_file[96], client_cert[96], client_key[96];

struct seen {
    bool done;
    struct observation o;
    char body[512];
    bool gzip;
};

static void on_done(void *arg, const struct observation *o)
{
    struct seen *s = arg;
    s->done = true;
    s->o = *o;
    snprintf(s->body, sizeof s->body, "%.*s", (int)(o->body_len < 500 ? o->body_len : 500),
             o->body);
    for (size_t i = 0; i < o->n_headers; i++)
        if (text_eq(o->headers[i].name, "content-encoding"))
            s->gzip = text_eq(o->headers[i].value, "gzip");
}

static int set_up(void **state)
{
    (void)state;
    struct err e;
    have_nginx = nginx_start(&nginx);
    snprintf(ca_file, sizeof ca_file, "%s/ca.pem", nginx.dir);
    snprintf(client_cert, sizeof client_cert, "%s/client.pem", nginx.dir);
    snprintf(client_key, sizeof client_key, "%s/client.key", nginx.dir);
    must_init(&loop);
    resolver = resolver_new(&loop, &e);
    client = http_client_new(&loop, resolver, 10, &e);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    http_client_close(client);
    resolver_close(resolver);
    loop_done(&loop);
    if (have_nginx)
        nginx_stop(&nginx);
    return 0;
}

#define NEEDS_NGINX()                                                                              \
    do {                                                                                           \
        (void)state;                                                                               \
        if (!have_nginx)                                                                           \
            skip();                                                                                \
    } while (0)

static char *url_of(const char *scheme, const char *host, const char *path)
{
    static char url[256];
    bool tls = strcmp(scheme, "https") == 0;
    snprintf(url, sizeof url, "%s://%s:%d%s", scheme, host, tls ? nginx.tls_port : nginx.plain_port,
             path);
    return url;
}

static struct monitor monitor_of(char *url)
{
    return (struct monitor){
        .name = "m",
        .kind = "http",
        .timeout_ms = 5000,
        .http = {.url = url,
                 .shown_url = url,
                 .method = "GET",
                 .max_redirects = 10,
                 .max_body = 1 << 20,
                 .ca_file = ca_file},
    };
}

static struct probe *probe_of(const struct monitor *m)
{
    struct probe_world w = {&loop, resolver, client};
    struct err e = {""};
    struct probe *p = probe_new(&w, m, &e);
    if (p == NULL)
        fail_msg("%s", e.text);
    return p;
}

static struct seen once(struct probe *p)
{
    struct seen s = {0};
    probe_start(p, on_done, &s);
    assert_true(turn_until(&loop, &s.done, 10000));
    return s;
}

static struct seen probe(const struct monitor *m)
{
    struct probe *p = probe_of(m);
    struct seen s = once(p);
    probe_free(p);
    return s;
}

static void plain__answers(void **state)
{
    NEEDS_NGINX();
    struct monitor m = monitor_of(url_of("http", "127.0.0.1", "/hello"));
    struct seen s = probe(&m);
    assert_int_equal(s.o.reason, REASON_OK);
    assert_string_equal(s.body, "hello");
    assert_string_equal(s.o.http_version, "1.1");
}

static void tls__good_certificate__its_facts_are_told_over_http2(void **state)
{
    NEEDS_NGINX();
    struct monitor m = monitor_of(url_of("https", "good.localhost", "/hello"));
    struct seen s = probe(&m);
    assert_string_equal(s.o.message, "");
    assert_int_equal(s.o.reason, REASON_OK);
    assert_string_equal(s.body, "hello");
    assert_string_equal(s.o.http_version, "2");
    assert_true(s.o.cert.present);
    assert_string_equal(s.o.cert.subject, "CN=good");
    assert_string_equal(s.o.cert.issuer, "CN=Test CA,O=Test");
    assert_string_equal(s.o.cert.san, "good.localhost, client.localhost, 127.0.0.1");
    assert_string_equal(s.o.cert.tls_version, "TLSv1.3");
    int64_t days = (s.o.cert.not_after_ms - loop_now_ms() + 3600000) / 86400000;
    assert_int_equal(days, 30);
    assert_true(s.o.cert.not_before_ms <= loop_now_ms());
    assert_true(s.o.phases.tls_us > 0 && s.o.phases.connect_us >= 0);
    assert_true(s.o.phases.tls_us < s.o.phases.total_us);
}

static void tls__version_asked_for__is_used(void **state)
{
    NEEDS_NGINX();
    struct monitor m = monitor_of(url_of("https", "good.localhost", "/hello"));
    m.http.version = HTTP_1_1;
    assert_string_equal(probe(&m).o.http_version, "1.1");
    m.http.version = HTTP_2;
    assert_string_equal(probe(&m).o.http_version, "2");
}

static void tls__address_in_certificate__is_accepted(void **state)
{
    NEEDS_NGINX();
    struct monitor m = monitor_of(url_of("https", "127.0.0.1", "/hello"));
    assert_int_equal(probe(&m).o.reason, REASON_OK);
}

static void tls__bad_certificates__are_told_apart_and_their_facts_kept(void **state)
{
    NEEDS_NGINX();
    static const struct {
        const char *host, *message, *subject;
    } cases[] = {
        {"expired.localhost", "certificate expired ", "CN=expired"},
        {"wrong.localhost", "host name does not match certificate (elsewhere.example)", "CN=wrong"},
        {"self.localhost", "certificate is self-signed", "CN=self.localhost"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct monitor m = monitor_of(url_of("https", cases[i].host, "/hello"));
        struct seen s = probe(&m);
        assert_int_equal(s.o.reason, REASON_TLS);
        assert_true(text_starts(s.o.message, cases[i].message));
        assert_true(s.o.cert.present && s.o.cert.not_after_ms > 0);
        assert_string_equal(s.o.cert.subject, cases[i].subject);
        assert_int_equal(s.o.status, 0);
        m.http.insecure = true;
        s = probe(&m);
        assert_int_equal(s.o.reason, REASON_OK);
        assert_string_equal(s.o.cert.subject, cases[i].subject);
        m.http.insecure = false; /* one handle serves both: nothing may stick */
        assert_int_equal(probe(&m).o.reason, REASON_TLS);
    }
}

static void tls__authority_not_among_the_systems__is_refused(void **state)
{
    NEEDS_NGINX();
    struct monitor m = monitor_of(url_of("https", "good.localhost", "/hello"));
    char other[96];
    snprintf(other, sizeof other, "%s/self.pem", nginx.dir);
    m.http.ca_file = other;
    struct seen s = probe(&m);
    assert_int_equal(s.o.reason, REASON_TLS);
    assert_string_equal(
        s.o.message,
        "certificate is signed by an authority that is not trusted (CN=Test CA,O=Test)");
}

static void tls__ca_file_missing_or_empty__is_found_when_prepared(void **state)
{
    NEEDS_NGINX();
    struct probe_world w = {&loop, resolver, client};
    struct monitor m = monitor_of(url_of("https", "good.localhost", "/hello"));
    static const char *const files[] = {"/nonexistent/ca.pem", "/dev/null"};
    for (size_t i = 0; i < 2; i++) {
        struct err e = {""};
        m.http.ca_file = files[i];
        assert_null(probe_new(&w, &m, &e));
        assert_true(text_starts(e.text, "CA file "));
    }
}

static void tls__client_certificate__is_shown_when_there_is_one(void **state)
{
    NEEDS_NGINX();
    struct monitor m = monitor_of(url_of("https", "client.localhost", "/hello"));
    assert_int_equal(probe(&m).o.status, 400);
    m.http.cert_file = client_cert;
    m.http.key_file = client_key;
    struct seen s = probe(&m);
    assert_int_equal(s.o.status, 200);
    m.http.key_file = "/nonexistent.key";
    s = probe(&m);
    assert_int_equal(s.o.reason, REASON_LOCAL);
    assert_true(text_starts(s.o.message, "our client certificate: "));
}

static void tls__spoken_to_a_plain_port__says_so(void **state)
{
    NEEDS_NGINX();
    char url[128];
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", nginx.plain_port);
    struct monitor m = monitor_of(url);
    struct seen s = probe(&m);
    assert_int_equal(s.o.reason, REASON_TLS);
    assert_string_equal(s.o.message,
                        "TLS handshake failed: wrong version number (is it TLS at all?)");
}

static void tls__silent_peer__times_out_in_the_handshake(void **state)
{
    (void)state;
    int port, fd = listen_somewhere(&port);
    char url[128];
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", port);
    struct monitor m = monitor_of(url);
    m.timeout_ms = 300;
    m.http.insecure = true;
    struct seen s = probe(&m);
    close(fd);
    assert_int_equal(s.o.reason, REASON_TIMEOUT);
    assert_true(text_starts(s.o.message, "no TLS handshake within 300ms (connected after "));
    assert_true(s.o.phases.tls_us > 200000 && s.o.phases.wait_us == -1);
}

static void redirect__from_plain_to_tls__sums_the_phases(void **state)
{
    NEEDS_NGINX();
    struct monitor m = monitor_of(url_of("http", "127.0.0.1", "/hop"));
    struct seen s = probe(&m);
    assert_int_equal(s.o.reason, REASON_OK);
    assert_int_equal(s.o.redirects, 1);
    assert_true(s.o.cert.present && s.o.phases.tls_us > 0);
    assert_int_equal(s.o.size, 200);
    const struct phases *p = &s.o.phases;
    assert_true(p->resolve_us + p->connect_us + p->tls_us + p->wait_us + p->transfer_us <=
                p->total_us);
}

static void gzip__only_when_asked_for__and_counted_decoded(void **state)
{
    NEEDS_NGINX();
    struct monitor m = monitor_of(url_of("http", "127.0.0.1", "/big"));
    struct seen s = probe(&m);
    assert_false(s.gzip);
    assert_int_equal(s.o.size, 200000);
    struct http_header accept = {"Accept-Encoding", {"gzip", 4}};
    m.http.headers = &accept;
    m.http.n_headers = 1;
    m.http.max_body = 1000;
    s = probe(&m);
    assert_true(s.gzip);
    assert_int_equal(s.o.size, 200000);
    assert_int_equal(s.o.body_len, 1000);
    assert_true(s.o.body_capped);
}

static void reuse__keeps_the_connection_and_the_certificates_facts(void **state)
{
    NEEDS_NGINX();
    struct monitor m = monitor_of(url_of("https", "good.localhost", "/hello"));
    m.http.reuse = true;
    struct probe *p = probe_of(&m);
    struct seen s = once(p);
    assert_true(s.o.phases.tls_us > 0);
    for (int i = 0; i < 3; i++) {
        s = once(p);
        assert_int_equal(s.o.reason, REASON_OK);
        assert_int_equal(s.o.phases.tls_us, 0);
        assert_string_equal(s.o.cert.subject, "CN=good");
    }
    probe_free(p);
    m.http.reuse = false;
    p = probe_of(&m);
    for (int i = 0; i < 2; i++)
        assert_true(once(p).o.phases.tls_us > 0);
    probe_free(p);
}

static void probe__unknown_kind__is_refused(void **state)
{
    (void)state;
    struct probe_world w = {&loop, resolver, client};
    struct monitor m = {.kind = "gopher"};
    struct err e = {""};
    assert_null(probe_new(&w, &m, &e));
    assert_string_equal(e.text, "no such kind of probe: gopher");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain__answers),
        cmocka_unit_test(tls__good_certificate__its_facts_are_told_over_http2),
        cmocka_unit_test(tls__version_asked_for__is_used),
        cmocka_unit_test(tls__address_in_certificate__is_accepted),
        cmocka_unit_test(tls__bad_certificates__are_told_apart_and_their_facts_kept),
        cmocka_unit_test(tls__authority_not_among_the_systems__is_refused),
        cmocka_unit_test(tls__ca_file_missing_or_empty__is_found_when_prepared),
        cmocka_unit_test(tls__client_certificate__is_shown_when_there_is_one),
        cmocka_unit_test(tls__spoken_to_a_plain_port__says_so),
        cmocka_unit_test(tls__silent_peer__times_out_in_the_handshake),
        cmocka_unit_test(redirect__from_plain_to_tls__sums_the_phases),
        cmocka_unit_test(gzip__only_when_asked_for__and_counted_decoded),
        cmocka_unit_test(reuse__keeps_the_connection_and_the_certificates_facts),
        cmocka_unit_test(probe__unknown_kind__is_refused),
    };
    return cmocka_run_group_tests_name("probe/http", tests, set_up, tear_down);
}
