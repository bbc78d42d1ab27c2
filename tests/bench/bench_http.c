/* bench_http.c - what our HTTP client costs beside a bare libcurl multi loop.
 *
 * Both do the same transfers, each over a new connection, to the same private nginx; rounds
 * are interleaved in one process and the medians compared, so that the machine's mood falls
 * out of the ratio. CPU is this process's alone. The last row is the memory of targets. */
#include <curl/curl.h>
#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

#include "base/mem.h"
#include "nginx.h"
#include "probe/probe.h"

#define IN_FLIGHT 100
#define ROUNDS    7

static struct nginx nginx;
static char ca_file[96];
static const char *only; /* rows whose name holds this; NULL: all */

/* --- the work: N urls, fetched round and round ------------------------------------------ */

struct work {
    size_t hosts, transfers; /* a round */
    char (*urls)[64];
    bool tls;
    size_t failed;
};

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void work_make(struct work *w, size_t hosts, size_t transfers, bool tls)
{
    *w = (struct work){.hosts = hosts, .transfers = transfers, .tls = tls};
    w->urls = mem_calloc(hosts, sizeof *w->urls);
    for (size_t i = 0; i < hosts; i++)
        if (tls)
            snprintf(w->urls[i], sizeof w->urls[i], "https://127.0.0.1:%d/ok", nginx.tls_port);
        else
            snprintf(w->urls[i], sizeof w->urls[i], "http://127.0.%zu.%zu:%d/ok", i / 250,
                     i % 250 + 1, nginx.plain_port);
}

/* --- ours --------------------------------------------------------------------------------- */

struct ours {
    struct work *work;
    struct loop loop;
    struct resolver *resolver;
    struct http_client *client;
    struct monitor *monitors;
    struct probe **probes;
    size_t started, ended, next;
};

struct lane {
    struct ours *ours;
    struct probe *probe;
};

static void ours_start(struct lane *s);

static void on_probed(void *arg, const struct observation *o)
{
    struct lane *s = arg;
    s->ours->ended++;
    if (o->reason != REASON_OK || o->body_len != 200)
        s->ours->work->failed++;
    if (s->ours->started < s->ours->work->transfers)
        ours_start(s);
}

static void ours_start(struct lane *s)
{
    struct ours *u = s->ours;
    s->probe = u->probes[u->next];
    u->next = (u->next + 1) % u->work->hosts;
    u->started++;
    probe_start(s->probe, on_probed, s);
}

static void ours_open(struct ours *u, struct work *w)
{
    struct err e;
    *u = (struct ours){.work = w};
    if (loop_init(&u->loop, &e) < 0)
        abort();
    u->resolver = resolver_new(&u->loop, &e);
    u->client = http_client_new(&u->loop, u->resolver, w->hosts, &e);
    u->monitors = mem_calloc(w->hosts, sizeof *u->monitors);
    u->probes = mem_calloc(w->hosts, sizeof *u->probes);
    struct probe_world world = {&u->loop, u->resolver, u->client};
    for (size_t i = 0; i < w->hosts; i++) {
        struct monitor *m = &u->monitors[i];
        *m = (struct monitor){.name = "m", .kind = "http", .timeout_ms = 10000};
        m->http = (struct http_spec){.url = w->urls[i],
                                     .method = "GET",
                                     .max_redirects = 10,
                                     .max_body = 1 << 20,
                                     .ca_file = ca_file};
        u->probes[i] = probe_new(&world, m, &e);
    }
}

static double ours_round(struct ours *u)
{
    struct lane slots[IN_FLIGHT];
    double began = cpu_us();
    u->started = u->ended = 0;
    /* One host a probe at a time: with fewer hosts than IN_FLIGHT fewer are in flight. */
    size_t n = u->work->hosts < IN_FLIGHT ? u->work->hosts : IN_FLIGHT;
    for (size_t i = 0; i < n; i++) {
        slots[i].ours = u;
        ours_start(&slots[i]);
    }
    while (u->ended < u->work->transfers)
        uv_run(&u->loop.uv, UV_RUN_ONCE);
    return (cpu_us() - began) / (double)u->work->transfers;
}

static void ours_close(struct ours *u)
{
    for (size_t i = 0; i < u->work->hosts; i++)
        probe_free(u->probes[i]);
    mem_free(u->probes);
    mem_free(u->monitors);
    http_client_close(u->client);
    resolver_close(u->resolver);
    loop_done(&u->loop);
}

/* --- bare: epoll, libcurl, nothing else ----------------------------------------------------- */

struct bare {
    struct work *work;
    CURLM **multis;
    size_t n_multis;
    bool tuned;
    int epoll_fd;
    double *due_us; /* of each multi; < 0: none */
    CURL **handles;
    size_t n_handles, started, ended, next;
};

struct bare_multi {
    struct bare *bare;
    size_t index;
};

static int bare_on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    struct bare_multi *m = arg;
    (void)easy;
    struct epoll_event ev = {.events = ((what & CURL_POLL_IN) ? EPOLLIN : 0u) |
                                       ((what & CURL_POLL_OUT) ? EPOLLOUT : 0u),
                             .data.u64 = (uint64_t)m->index << 32 | (uint32_t)fd};
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(m->bare->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    epoll_ctl(m->bare->epoll_fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev);
    curl_multi_assign(m->bare->multis[m->index], fd, m);
    return 0;
}

static double mono_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int bare_on_timer(CURLM *multi, long ms, void *arg)
{
    struct bare_multi *m = arg;
    (void)multi;
    m->bare->due_us[m->index] = ms < 0 ? -1 : mono_us() + (double)ms * 1000;
    return 0;
}

static size_t bare_on_body(char *p, size_t size, size_t n, void *arg)
{
    (void)p;
    *(size_t *)arg += size * n;
    return size * n;
}

static size_t bare_received;

static void bare_options(const struct bare *b, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, bare_on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &bare_received);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "midwatch/" MW_VERSION);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 10000L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, -1L);
    if (b->tuned)
        curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
}

static void bare_open(struct bare *b, struct work *w, bool tuned)
{
    *b = (struct bare){.work = w, .tuned = tuned, .n_multis = tuned ? w->hosts / 128 + 1 : 1};
    b->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    b->multis = mem_calloc(b->n_multis, sizeof *b->multis);
    b->due_us = mem_calloc(b->n_multis, sizeof *b->due_us);
    struct bare_multi *m = mem_calloc(b->n_multis, sizeof *m);
    for (size_t i = 0; i < b->n_multis; i++) {
        m[i] = (struct bare_multi){b, i};
        b->due_us[i] = -1;
        b->multis[i] = curl_multi_init();
        curl_multi_setopt(b->multis[i], CURLMOPT_SOCKETFUNCTION, bare_on_socket);
        curl_multi_setopt(b->multis[i], CURLMOPT_SOCKETDATA, &m[i]);
        curl_multi_setopt(b->multis[i], CURLMOPT_TIMERFUNCTION, bare_on_timer);
        curl_multi_setopt(b->multis[i], CURLMOPT_TIMERDATA, &m[i]);
        if (tuned)
            curl_multi_setopt(b->multis[i], CURLMOPT_MAXCONNECTS, 256L);
    }
    b->n_handles = w->hosts;
    b->handles = mem_calloc(b->n_handles, sizeof *b->handles);
    for (size_t i = 0; i < b->n_handles; i++) {
        b->handles[i] = curl_easy_init();
        bare_options(b, b->handles[i]);
        curl_easy_setopt(b->handles[i], CURLOPT_URL, w->urls[i]);
        curl_easy_setopt(b->handles[i], CURLOPT_PRIVATE, (void *)(uintptr_t)(i % b->n_multis));
    }
}

static void bare_start(struct bare *b)
{
    size_t i = b->next;
    b->next = (b->next + 1) % b->n_handles;
    b->started++;
    curl_multi_add_handle(b->multis[i % b->n_multis], b->handles[i]);
}

static void bare_drain(struct bare *b, CURLM *multi)
{
    CURLMsg *m;
    int left;
    while ((m = curl_multi_info_read(multi, &left)) != NULL) {
        long status = 0;
        curl_easy_getinfo(m->easy_handle, CURLINFO_RESPONSE_CODE, &status);
        if (m->data.result != CURLE_OK || status != 200)
            b->work->failed++;
        b->ended++;
        curl_multi_remove_handle(multi, m->easy_handle);
        if (b->started < b->work->transfers)
            bare_start(b);
    }
}

static int bare_timers(struct bare *b)
{
    double now = mono_us(), next = now + 1e6;
    int running;
    for (size_t i = 0; i < b->n_multis; i++) {
        if (b->due_us[i] >= 0 && b->due_us[i] <= now) {
            b->due_us[i] = -1;
            curl_multi_socket_action(b->multis[i], CURL_SOCKET_TIMEOUT, 0, &running);
            bare_drain(b, b->multis[i]);
        }
        if (b->due_us[i] >= 0 && b->due_us[i] < next)
            next = b->due_us[i];
    }
    return next <= now ? 0 : (int)((next - now) / 1000) + 1;
}

static double bare_round(struct bare *b)
{
    struct epoll_event ev[256];
    double began = cpu_us();
    b->started = b->ended = 0;
    size_t in_flight = b->work->hosts < IN_FLIGHT ? b->work->hosts : IN_FLIGHT;
    for (size_t i = 0; i < in_flight; i++)
        bare_start(b);
    while (b->ended < b->work->transfers) {
        int n = epoll_wait(b->epoll_fd, ev, 256, bare_timers(b)), running;
        for (int i = 0; i < n; i++) {
            CURLM *multi = b->multis[ev[i].data.u64 >> 32];
            int bits = ((ev[i].events & (EPOLLIN | EPOLLHUP)) ? CURL_CSELECT_IN : 0) |
                       ((ev[i].events & EPOLLOUT) ? CURL_CSELECT_OUT : 0) |
                       ((ev[i].events & EPOLLERR) ? CURL_CSELECT_ERR : 0);
            curl_multi_socket_action(multi, (int)(uint32_t)ev[i].data.u64, bits, &running);
            bare_drain(b, multi);
        }
    }
    return (cpu_us() - began) / (double)b->work->transfers;
}

static void bare_close(struct bare *b)
{
    for (size_t i = 0; i < b->n_handles; i++)
        curl_easy_cleanup(b->handles[i]);
    for (size_t i = 0; i < b->n_multis; i++)
        curl_multi_cleanup(b->multis[i]);
    close(b->epoll_fd);
    mem_free(b->handles);
    mem_free(b->multis);
    mem_free(b->due_us);
}

/* --- rows ----------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_size);
    return v[n / 2];
}

static void row(const char *name, size_t hosts, size_t transfers, bool tls, bool tuned)
{
    struct work w;
    struct ours u;
    struct bare b;
    double ours[ROUNDS], bare[ROUNDS];
    if (only != NULL && strstr(name, only) == NULL)
        return;
    work_make(&w, hosts, transfers, tls);
    ours_open(&u, &w);
    bare_open(&b, &w, tuned);
    ours_round(&u);
    bare_round(&b);
    for (size_t i = 0; i < ROUNDS; i++) {
        ours[i] = ours_round(&u);
        bare[i] = bare_round(&b);
    }
    ours_close(&u);
    bare_close(&b);
    double mine = median(ours, ROUNDS), theirs = median(bare, ROUNDS);
    printf("%-58s %8.1f us %8.1f us   ratio %5.2f%s\n", name, mine, theirs, mine / theirs,
           w.failed > 0 ? "   SOME FAILED" : "");
    fflush(stdout);
    mem_free(w.urls);
}

/* --- memory ----------------------------------------------------------------------------------- */

static double rss_mb(void)
{
    long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f == NULL || fscanf(f, "%ld %ld", &pages, &resident) != 2)
        abort();
    fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

/* In a child, before anything else is measured, so that nothing else is in it. */
static void memory_row(void)
{
    if (only != NULL)
        return;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        struct work w;
        struct ours u;
        work_make(&w, 10000, 10000, false);
        double before = rss_mb();
        ours_open(&u, &w);
        double prepared = rss_mb();
        ours_round(&u);
        double ran = rss_mb();
        printf("%-58s %8.1f MB prepared, %.1f MB once each has run (process %.1f MB)%s\n",
               "memory of 10,000 http targets and their client", prepared - before, ran - before,
               ran, w.failed > 0 ? "   SOME FAILED" : "");
        fflush(stdout);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
    only = argc > 1 ? argv[1] : NULL;
    struct rlimit files = {8192, 8192};
    setrlimit(RLIMIT_NOFILE, &files);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (!nginx_start(&nginx))
        return 0;
    snprintf(ca_file, sizeof ca_file, "%s/ca.pem", nginx.dir);
    memory_row();
    printf("CPU of one HTTP probe, new connection each, 100 in flight%*s\n", 3, "");
    printf("%-58s %11s %11s\n", "", "ours", "bare");
    row("200 hosts, bare: one multi, defaults", 200, 2000, false, false);
    row("200 hosts, bare: tuned as ours", 200, 2000, false, true);
    row("3,000 hosts, bare: tuned as ours (multis of 128 hosts)", 3000, 2000, false, true);
    row("3,000 hosts, bare: one multi, defaults", 3000, 2000, false, false);
    row("TLS 1.3 full handshake, bare: CA store cached", 400, 300, true, false);
    nginx_stop(&nginx);
    return 0;
}
