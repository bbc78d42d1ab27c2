/* test_crypto.c - against RFC 4231, RFC 4648, FIPS 180-4 and the example of Standard Webhooks. */
#include <string.h>

#include "help.h"

#include "loop/crypto.h"

static void sha256__known_texts__have_the_known_digest(void **state)
{
    (void)state;
    static const struct {
        const char *text, *digest;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned char digest[32];
        char hex[65];
        crypto_sha256(cases[i].text, strlen(cases[i].text), digest);
        hex_encode(digest, sizeof digest, hex);
        assert_string_equal(hex, cases[i].digest);
    }
}

static void digest__in_pieces_of_any_size__is_that_of_the_whole(void **state)
{
    (void)state;
    unsigned char text[300], whole[32], pieces[32];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (unsigned char)(7 * i);
    crypto_sha256(text, sizeof text, whole);
    for (size_t step = 1; step < 140; step++) {
        struct digest *d = crypto_digest_new();
        for (size_t at = 0; at < sizeof text; at += step)
            crypto_digest_put(d, text + at, sizeof text - at < step ? sizeof text - at : step);
        crypto_digest_end(d, pieces);
        assert_memory_equal(pieces, whole, sizeof whole);
    }
    crypto_digest_end(crypto_digest_new(), NULL);
}

/* RFC 4231, cases 1, 2, 3 and 6, and the empty key after them (which must not be the last one). */
static void hmac__rfc_4231__has_the_known_code(void **state)
{
    (void)state;
    unsigned char key1[20], key3[20], key6[131], data3[50];
    memset(key1, 0x0b, sizeof key1);
    memset(key3, 0xaa, sizeof key3);
    memset(key6, 0xaa, sizeof key6);
    memset(data3, 0xdd, sizeof data3);
    const char *text6 = "Test Using Larger Than Block-Size Key - Hash Key First";
    const struct {
        const void *key;
        size_t key_len;
        const void *data;
        size_t n;
        const char *code;
    } cases[] = {
        {key1, 20, "Hi There", 8,
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", 4, "what do ya want for nothing?", 28,
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {key3, 20, data3, 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {key6, 131, text6, strlen(text6),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {NULL, 0, "", 0, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned char code[32];
        char hex[65];
        crypto_hmac_sha256(cases[i].key, cases[i].key_len, cases[i].data, cases[i].n, code);
        hex_encode(code, sizeof code, hex);
        assert_string_equal(hex, cases[i].code);
    }
}

/* The worked example in the Standard Webhooks specification. */
static void hmac__standard_webhooks_example__gives_its_signature(void **state)
{
    (void)state;
    const char *secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const char *signed_text = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}";
    unsigned char key[24], code[32];
    size_t n;
    char text[45];
    assert_int_equal(base64_decode(secret, strlen(secret), key, &n), 0);
    assert_int_equal(n, 24);
    crypto_hmac_sha256(key, n, signed_text, strlen(signed_text), code);
    base64_encode(code, sizeof code, text);
    assert_string_equal(text, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

static void base64__rfc_4648__goes_there_and_back(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xff\xfe\xfd", "//79"},
        {"\xfb\xef\xbe", "++++"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char text[16], back[16];
        size_t n, len = strlen(pairs[i][0]);
        base64_encode(pairs[i][0], len, text);
        assert_string_equal(text, pairs[i][1]);
        assert_int_equal(base64_decode(text, strlen(text), back, &n), 0);
        assert_int_equal(n, len);
        assert_memory_equal(back, pairs[i][0], len);
    }
}

static void base64__not_canonical__is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "Z",      "Zg",   "Zg=",  "Zg===", "Zh==",     "Zm9=",     "Zm-v", "Zm_v",
        "Zm9v\n", "====", "Z===", "=Zm9",  "Zg==Zg==", "Zm8=Zm8=", " Zm9", "Zm9vZg= ",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char back[16];
        size_t n = 99;
        assert_int_equal(base64_decode(bad[i], strlen(bad[i]), back, &n), -1);
        assert_int_equal(n, 99);
    }
}

static void hex__wrong_length_or_digit__is_refused_and_nothing_written(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "00f", "00ff0", "00ff00", "00fg", "0x00", " 00f"};
    unsigned char bytes[2] = {7, 7};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(hex_decode(bad[i], bytes, 2), -1);
        assert_int_equal(bytes[0], 7);
    }
    assert_int_equal(hex_decode("aBfF", bytes, 2), 0);
    assert_int_equal(bytes[0], 0xab);
    assert_int_equal(bytes[1], 0xff);
}

static void equal__one_bit_apart__is_not(void **state)
{
    (void)state;
    assert_true(crypto_equal("abcd", "abcd", 4));
    assert_false(crypto_equal("abcd", "abce", 4));
    assert_true(crypto_equal("a", "b", 0));
}

static void random__twice__differs(void **state)
{
    (void)state;
    unsigned char a[32] = {0}, b[32] = {0};
    crypto_random(a, sizeof a);
    crypto_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digest__in_pieces_of_any_size__is_that_of_the_whole),
        cmocka_unit_test(sha256__known_texts__have_the_known_digest),
        cmocka_unit_test(hmac__rfc_4231__has_the_known_code),
        cmocka_unit_test(hmac__standard_webhooks_example__gives_its_signature),
        cmocka_unit_test(base64__rfc_4648__goes_there_and_back),
        cmocka_unit_test(base64__not_canonical__is_refused),
        cmocka_unit_test(hex__wrong_length_or_digit__is_refused_and_nothing_written),
        cmocka_unit_test(equal__one_bit_apart__is_not),
        cmocka_unit_test(random__twice__differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
