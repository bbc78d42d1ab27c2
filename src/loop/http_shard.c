/* http_shard.c - curl multis on the loop.
 *
 * libcurl walks its DNS cache (one entry a host, addresses too) at the end of every transfer
 * and keeps connections in 97 slots a multi: one multi costs 3 times as much with 3,000
 * hosts, 20 times with 10,000. So the hosts are spread over multis, at most HOSTS_MAX each.
 * Their sockets are watched by one epoll descriptor of our own, and that by one uv_poll: a
 * new connection costs three epoll calls instead of eight.
 *
 * Failures: the kernel refuses a socket a place in the epoll set (told to the run as our
 * own trouble). */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/hash.h"
#include "http_internal.h"

#define HOSTS_MAX 128
#define IDLE_CONNECTIONS_MAX                                                                       \
    (2 * HOSTS_MAX) /* libcurl's default follows the handles added: no reuse */
#define EVENTS_MAX 256

/* Done transfers of one shard. Their callbacks may start, cancel and free others. */
static void shard_drain(struct shard *s)
{
    CURLMsg *m;
    int left;
    while ((m = curl_multi_info_read(s->multi, &left)) != NULL) {
        CURLcode rc = m->data.result;
        struct run *r = NULL;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&r);
        run_on_transfer(r, rc);
    }
}

static void shard_act(struct shard *s, curl_socket_t fd, int bits)
{
    int running;
    CURLMcode rc = curl_multi_socket_action(s->multi, fd, bits, &running);
    assert(rc == CURLM_OK);
    (void)rc;
    shard_drain(s);
}

static void on_shard_timer(void *arg)
{
    struct shard *s = arg;
    shard_act(s, CURL_SOCKET_TIMEOUT, 0);
}

static int on_multi_timer(CURLM *multi, long timeout_ms, void *shard)
{
    struct shard *s = shard;
    (void)multi;
    if (timeout_ms < 0)
        timer_stop(&s->timer);
    else
        timer_start(&s->timer, timeout_ms);
    return 0;
}

static void watch(struct shard *s, CURL *easy, curl_socket_t fd, int what, bool known)
{
    struct epoll_event ev = {
        .events = ((what & CURL_POLL_IN) ? EPOLLIN : 0u) | ((what & CURL_POLL_OUT) ? EPOLLOUT : 0u),
        .data.u64 = (uint64_t)s->index << 32 | (uint32_t)fd,
    };
    int epoll_fd = s->client->epoll_fd;
    if (epoll_ctl(epoll_fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev) == 0)
        return;
    if (errno == EEXIST && epoll_ctl(epoll_fd, EPOLL_CTL_MOD, fd, &ev) == 0)
        return;
    struct run *r = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&r);
    if (r != NULL)
        r->local_errno = errno;
}

static int on_multi_socket(CURL *easy, curl_socket_t fd, int what, void *shard, void *known)
{
    struct shard *s = shard;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(s->client->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    watch(s, easy, fd, what, known != NULL);
    if (known == NULL)
        curl_multi_assign(s->multi, fd, s);
    return 0;
}

static void on_sockets_ready(uv_poll_t *h, int status, int events)
{
    struct http_client *c = container_of(h, struct http_client, poll);
    struct epoll_event ev[EVENTS_MAX];
    (void)status;
    (void)events;
    int n = epoll_wait(c->epoll_fd, ev, EVENTS_MAX, 0);
    for (int i = 0; i < n && !c->owner.closing; i++) {
        uint32_t got = ev[i].events;
        int bits = ((got & (EPOLLIN | EPOLLHUP)) ? CURL_CSELECT_IN : 0) |
                   ((got & EPOLLOUT) ? CURL_CSELECT_OUT : 0) |
                   ((got & EPOLLERR) ? CURL_CSELECT_ERR : 0);
        shard_act(c->shards.items[ev[i].data.u64 >> 32], (int)(uint32_t)ev[i].data.u64, bits);
    }
}

static int shard_add(struct http_client *c, struct err *e)
{
    struct shard *s = mem_new(struct shard);
    s->client = c;
    s->index = (uint32_t)c->shards.n;
    s->multi = curl_multi_init();
    if (s->multi == NULL) {
        mem_free(s);
        return err_set(e, "libcurl gives no multi handle");
    }
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETFUNCTION, on_multi_socket);
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETDATA, s);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERFUNCTION, on_multi_timer);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERDATA, s);
    curl_multi_setopt(s->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS_MAX);
    timer_init(&s->timer, c->loop, &c->owner, on_shard_timer, s);
    vec_push(&c->shards, s);
    return 0;
}

/* Growing moves hosts to other shards; transfers under way stay where they are. */
int shards_fit(struct http_client *c, size_t hosts, struct err *e)
{
    while (c->shards.n * HOSTS_MAX < hosts)
        if (shard_add(c, e) < 0)
            return -1;
    return 0;
}

int shards_open(struct http_client *c, size_t expected_hosts, struct err *e)
{
    c->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (c->epoll_fd < 0)
        return err_set(e, "epoll: %s", strerror(errno));
    if (shards_fit(c, expected_hosts > 0 ? expected_hosts : 1, e) < 0)
        return -1;
    int rc = uv_poll_init(&c->loop->uv, &c->poll, c->epoll_fd);
    if (rc != 0)
        return err_set(e, "poll: %s", uv_strerror(rc));
    c->polling = true;
    owner_add(&c->owner, (uv_handle_t *)&c->poll);
    uv_poll_start(&c->poll, UV_READABLE, on_sockets_ready);
    return 0;
}

void shards_close(struct http_client *c)
{
    for (size_t i = 0; i < c->shards.n; i++)
        timer_close(&c->shards.items[i]->timer);
    if (c->polling)
        owner_close_handle(&c->owner, (uv_handle_t *)&c->poll);
}

/* Cleaning a multi up closes its idle connections, which still asks for sockets and timers. */
void shards_done(struct http_client *c)
{
    for (size_t i = 0; i < c->shards.n; i++) {
        curl_multi_setopt(c->shards.items[i]->multi, CURLMOPT_TIMERFUNCTION, NULL);
        curl_multi_cleanup(c->shards.items[i]->multi);
        mem_free(c->shards.items[i]);
    }
    vec_done(&c->shards);
    if (c->epoll_fd >= 0)
        close(c->epoll_fd);
}

struct shard *shard_of(struct http_client *c, const char *host)
{
    return c->shards.items[hash64_text(host, 0) % c->shards.n];
}
