/* test_mem.c - memory that is there, zeroed and aligned, or the end of the program. */
#include <signal.h>
#include <stdalign.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/vec.h"
#include "unit.h"

static bool zeroed(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

static void mem__every_way_to_get_it__is_zeroed_and_freed_by_mem_free(void **state)
{
    (void)state;
    unsigned char *p = mem_alloc(1000), *q = mem_calloc(10, 100);
    assert_true(zeroed(p, 1000) && zeroed(q, 1000));
    p = mem_resize(p, 2000, 2);
    assert_true(zeroed(p, 1000));
    mem_free(p);
    mem_free(q);
    mem_free(mem_alloc(0));
    mem_free(NULL);
}

static void mem__copies_of_text__end_in_nul(void **state)
{
    (void)state;
    char *a = mem_strdup("abc"), *b = mem_strndup("abcdef", 3), *c = mem_strndup("ab", 10);
    char *d = mem_printf("%s-%d", "x", 7);
    assert_string_equal(a, "abc");
    assert_string_equal(b, "abc");
    assert_string_equal(c, "ab");
    assert_string_equal(d, "x-7");
    assert_null(mem_strdup(NULL));
    assert_null(mem_strndup(NULL, 5));
    mem_free(a);
    mem_free(b);
    mem_free(c);
    mem_free(d);
}

/* What became of a child that did it. */
static int fate_of(void (*act)(void))
{
    int pipes[2], status;
    char line[64] = "";
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(pipes[1], STDERR_FILENO);
        act();
        _exit(0);
    }
    close(pipes[1]);
    ssize_t n = read(pipes[0], line, sizeof line - 1);
    close(pipes[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status) && n > 0)
        assert_string_equal(line, "midwatch: out of memory\n");
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void ask_for_an_overflow(void)
{
    mem_free(mem_calloc((size_t)1 << 40, (size_t)1 << 40));
}

static void resize_to_an_overflow(void)
{
    mem_free(mem_resize(NULL, (size_t)-1, 2));
}

static void mem__size_that_overflows__ends_the_program_with_one_line(void **state)
{
    (void)state;
    assert_int_equal(fate_of(ask_for_an_overflow), SIGABRT);
    assert_int_equal(fate_of(resize_to_an_overflow), SIGABRT);
}

static void arena__many_sizes__are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena a;
    unsigned char *all[2000];
    size_t sizes[2000], asked = 0;
    arena_init(&a);
    for (size_t i = 0; i < 2000; i++) {
        sizes[i] = i % 97 == 0 ? 20000 + i : i % 50;
        asked += sizes[i];
        all[i] = arena_alloc(&a, sizes[i]);
        assert_int_equal((uintptr_t)all[i] % alignof(max_align_t), 0);
        assert_true(zeroed(all[i], sizes[i]));
        memset(all[i], (int)(i % 255) + 1, sizes[i]);
    }
    for (size_t i = 0; i < 2000; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(all[i][j], i % 255 + 1);
    assert_int_equal(a.bytes, asked);
    arena_done(&a);
    assert_int_equal(a.bytes, 0);
}

static void arena__text__is_copied(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    assert_string_equal(arena_strdup(&a, "abc"), "abc");
    assert_string_equal(arena_strndup(&a, "abcdef", 2), "ab");
    assert_string_equal(arena_printf(&a, "%05d %s", 42, "x"), "00042 x");
    assert_null(arena_strdup(&a, NULL));
    arena_done(&a);
    arena_done(&a);
}

static void vec__grows__and_keeps_its_items(void **state)
{
    (void)state;
    VEC(int) v = {0};
    for (int i = 0; i < 1000; i++)
        vec_push(&v, i);
    assert_int_equal(v.n, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(v.items[i], i);
    vec_done(&v);
    assert_int_equal(v.n + v.cap, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mem__every_way_to_get_it__is_zeroed_and_freed_by_mem_free),
        cmocka_unit_test(mem__copies_of_text__end_in_nul),
        cmocka_unit_test(mem__size_that_overflows__ends_the_program_with_one_line),
        cmocka_unit_test(arena__many_sizes__are_zeroed_aligned_and_apart),
        cmocka_unit_test(arena__text__is_copied),
        cmocka_unit_test(vec__grows__and_keeps_its_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
