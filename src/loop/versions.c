/* versions.c - asks each library behind this room's doors. */
#include "loop/versions.h"

#include <ares.h>
#include <curl/curl.h>
#include <openssl/crypto.h>
#include <uv.h>

size_t versions_of_libraries(const struct version_of **ret)
{
    static struct version_of libs[4];

    libs[0] = (struct version_of){"libuv", uv_version_string()};
    libs[1] = (struct version_of){"libcurl", curl_version_info(CURLVERSION_NOW)->version};
    libs[2] = (struct version_of){"c-ares", ares_version(NULL)};
    libs[3] = (struct version_of){"openssl", OpenSSL_version(OPENSSL_VERSION)};
    *ret = libs;
    return sizeof libs / sizeof *libs;
}
