/* sign.c - HMAC-SHA-256 over "id.timestamp.body", a signature for every secret, so that a
 * receiver can change over from one to the next. */
#include "sign.h"

#include <string.h>

#include "base/buf.h"
#include "loop/crypto.h"

#define KEY_MAX 64

static void sign_one(struct buf *out, const struct secret *secret, const struct buf *content)
{
    unsigned char key[KEY_MAX + 2], mac[32];
    char text[48];
    size_t prefix = strlen("whsec_"), key_len;

    if (secret->len <= prefix || secret->len - prefix > 4 * ((KEY_MAX + 2) / 3) ||
        base64_decode(secret->bytes + prefix, secret->len - prefix, key, &key_len) < 0)
        return; /* config refuses such a secret */
    crypto_hmac_sha256(key, key_len, content->p, content->len, mac);
    base64_encode(mac, sizeof mac, text);
    if (out->len)
        buf_char(out, ' ');
    buf_str(out, "v1,");
    buf_str(out, text);
    explicit_bzero(key, sizeof key);
}

char *sign_webhook(const struct channel *ch, const char *id, const char *timestamp,
                   const char *body, size_t body_len)
{
    struct buf content, out;

    if (!ch->n_secrets)
        return NULL;
    buf_init(&content, body_len + 256);
    buf_init(&out, 1024);
    buf_str(&content, id);
    buf_char(&content, '.');
    buf_str(&content, timestamp);
    buf_char(&content, '.');
    buf_put(&content, body, body_len);
    for (size_t i = 0; i < ch->n_secrets; i++)
        sign_one(&out, &ch->secrets[i], &content);
    buf_done(&content);
    return buf_take(&out, NULL);
}
