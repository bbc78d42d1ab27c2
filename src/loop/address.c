/* address.c - socket addresses as text and back. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "base/text.h"
#include "loop/resolver.h"

const char *address_text(const struct sockaddr_storage *a, char *dst, size_t size)
{
    const struct sockaddr_in *v4 = (const void *)a;
    const struct sockaddr_in6 *v6 = (const void *)a;
    const void *ip = a->ss_family == AF_INET6 ? (const void *)&v6->sin6_addr : &v4->sin_addr;
    if (inet_ntop(a->ss_family, ip, dst, (socklen_t)size) == NULL)
        text_copy(dst, size, "?");
    return dst;
}

static bool parse_v6(const char *text, struct sockaddr_in6 *ret)
{
    char ip[INET6_ADDRSTRLEN];
    const char *zone = strchr(text, '%');
    size_t n = zone != NULL ? (size_t)(zone - text) : strlen(text);
    if (n >= sizeof ip)
        return false;
    memcpy(ip, text, n);
    ip[n] = '\0';
    *ret = (struct sockaddr_in6){.sin6_family = AF_INET6};
    if (inet_pton(AF_INET6, ip, &ret->sin6_addr) != 1)
        return false;
    if (zone != NULL)
        ret->sin6_scope_id = if_nametoindex(zone + 1);
    return zone == NULL || ret->sin6_scope_id != 0;
}

bool address_parse(const char *text, struct sockaddr_storage *ret)
{
    struct sockaddr_storage a = {0};
    struct sockaddr_in *v4 = (void *)&a;
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
        v4->sin_family = AF_INET;
    else if (!parse_v6(text, (void *)&a))
        return false;
    *ret = a;
    return true;
}

void address_set_port(struct sockaddr_storage *a, int port)
{
    if (a->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)(void *)a)->sin6_port = htons((uint16_t)port);
    else
        ((struct sockaddr_in *)(void *)a)->sin_port = htons((uint16_t)port);
}
