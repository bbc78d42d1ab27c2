/* test_files.c - what is read from disk: includes, secrets, zones, the shipped configurations. */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loading.h"
#include "oncall/oncall.h"

#define CHANNEL "channels:\n  hook: { type: webhook, url: http://h/ }\n"

static char folder[64];

static char *in_folder(const char *name)
{
    return mem_printf("%s/%s", folder, name);
}

static void put_bytes(const char *name, const char *bytes, size_t n)
{
    char *path = in_folder(name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
    mem_free(path);
}

static void put(const char *name, const char *text)
{
    put_bytes(name, text, strlen(text));
}

static int make_folder(void **state)
{
    (void)state;
    text_copy(folder, sizeof folder, "/tmp/midwatch-config-XXXXXX");
    char *path = mkdtemp(folder) ? in_folder("conf.d") : NULL;
    int status = path && mkdir(path, 0700) == 0 ? 0 : -1;
    mem_free(path);
    return status;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const patterns[] = {"conf.d/*", "*", ""};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        glob_t found = {0};
        char *pattern = in_folder(patterns[i]);
        if (glob(pattern, 0, NULL, &found) == 0)
            for (size_t k = 0; k < found.gl_pathc; k++)
                remove(found.gl_pathv[k]);
        globfree(&found);
        mem_free(pattern);
    }
    return 0;
}

/* All that is said about FOLDER/main.yaml, with the folder's name taken out. */
static char *load_main(const struct load_options *o, struct config **ret)
{
    struct diagnostics d;
    struct buf out, plain;
    char *path = in_folder("main.yaml");
    int status = config_load(path, o, ret, &d);
    assert_int_equal(status == 0, d.errors == 0);
    buf_init(&out, 1 << 20);
    buf_init(&plain, 1 << 20);
    diagnostics_print(&d, &out);
    for (const char *p = buf_text(&out); *p;) {
        bool here = text_starts(p, folder);
        buf_char(&plain, here ? '@' : *p);
        p += here ? strlen(folder) : 1;
    }
    diagnostics_done(&d);
    buf_done(&out);
    mem_free(path);
    char *said = mem_strdup(buf_text(&plain));
    buf_done(&plain);
    return said;
}

static void says(const struct load_options *o, const char *wanted)
{
    struct config *c = NULL;
    char *said = load_main(o, &c);
    assert_string_equal(said, wanted);
    config_free(c);
    mem_free(said);
}

/* --- what is no file ---------------------------------------------------------------------- */

static void pipe_without_a_writer__is_not_waited_for(void **state)
{
    (void)state;
    char *path = in_folder("main.yaml");
    assert_int_equal(mkfifo(path, 0600), 0);
    says(&PRETEND, "@/main.yaml:1:1: error: the file is empty\n");
    mem_free(path);
}

static void pipe_whose_writer_says_nothing__is_not_waited_for_long(void **state)
{
    (void)state;
    char *path = in_folder("main.yaml");
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDWR);
    says(&PRETEND, "@/main.yaml: error: cannot read `@/main.yaml`: Connection timed out\n");
    close(fd);
    mem_free(path);
}

/* --- includes ----------------------------------------------------------------------------- */

static void include__lists_and_names_grow_in_order(void **state)
{
    (void)state;
    struct config *c = NULL;
    put("main.yaml", "include: [conf.d/*.yaml, conf.d/a.yaml]\n" CHANNEL
                     "monitors: [ { name: m, http: http://h } ]\n"
                     "maintenance: [ { days: [sun], time_zone: UTC } ]\n");
    put("conf.d/a.yaml", "monitors: [ { name: a, http: http://h, policy: p, depends_on: m } ]\n"
                         "maintenance: [ { match: { monitor: a }, days: [mon], time_zone: UTC } ]\n"
                         "people: { ana: { notify: [ { via: hook } ] } }\n");
    put("conf.d/b.yaml", "policies:\n  default: { steps: [ { notify: \"person:ana\" } ] }\n"
                         "  p: { steps: [ { notify: \"person:ana\" } ] }\nmonitors:\n");
    char *said = load_main(&PRETEND, &c);
    assert_string_equal(said, "");
    assert_int_equal(c->n_monitors, 2);
    assert_string_equal(c->monitors[1].name, "a");
    assert_string_equal(c->monitors[1].policy->name, "p");
    assert_ptr_equal(c->monitors[1].depends_on[0], &c->monitors[0]);
    assert_int_equal(c->monitors[0].n_windows, 1);
    assert_int_equal(c->monitors[1].n_windows, 2);
    config_free(c);
    mem_free(said);
}

static void include__name_defined_twice__both_places_are_named(void **state)
{
    (void)state;
    put("main.yaml", "include: conf.d/a.yaml\nname: one\n" CHANNEL
                     "monitors:\n  - { name: m, http: http://h }\n");
    put("conf.d/a.yaml",
        "name: two\nmonitors:\n  - { name: m, http: http://h }\n" CHANNEL "include: x\n");
    says(&PRETEND,
         "@/conf.d/a.yaml:1:1: error: `name` stands in two files; the first is at @/main.yaml:2:1\n"
         "@/conf.d/a.yaml:3:13: error: the monitor `m` is defined twice; the first is at "
         "@/main.yaml:6:13\n"
         "@/conf.d/a.yaml:5:3: error: the channel `hook` is defined twice; the first is at "
         "@/main.yaml:4:3\n"
         "@/conf.d/a.yaml:6:1: error: only the first file may include others\n");
}

static void include__errors_of_all_files__at_once_in_order(void **state)
{
    (void)state;
    put("main.yaml", "include: [conf.d/*.yaml]\nstoer: {}\n" CHANNEL);
    put("conf.d/a.yaml", "monitors:\n\t- x\n");
    put("conf.d/b.yaml", "people: { ana: { notify: [ { via: nowhere } ], colour: red } }\n");
    /* a.yaml cannot be read: what b.yaml refers to might have been there */
    says(&PRETEND, "@/main.yaml:2:1: error: unknown key `stoer`; did you mean `store`?\n"
                   "@/conf.d/a.yaml:2:1: error: a tab cannot indent YAML; use spaces\n"
                   "@/conf.d/b.yaml:1:48: error: unknown key `colour` in the person\n");
}

static void include__pattern_without_a_match__is_fine_but_a_missing_file_is_not(void **state)
{
    (void)state;
    put("main.yaml", "include: [conf.d/*.yml, nowhere/*.yaml]\n" CHANNEL);
    says(&PRETEND, "");
    put("main.yaml", "include: [conf.d/none.yaml]\n" CHANNEL);
    says(&PRETEND, "@/main.yaml:1:11: error: there is no file `@/conf.d/none.yaml`\n");
}

static void include__pattern_that_matches_the_file_itself__is_read_once(void **state)
{
    (void)state;
    put("main.yaml", "include: ['main.y*']\n" CHANNEL);
    says(&PRETEND, "");
}

static void file__not_there__is_said_of_the_whole_file(void **state)
{
    (void)state;
    says(&PRETEND, "@/main.yaml: error: cannot read `@/main.yaml`: No such file or directory\n");
}

/* --- secrets ------------------------------------------------------------------------------ */

static void secret_file__read_beside_the_file_without_its_newline(void **state)
{
    (void)state;
    struct config *c = NULL;
    put("token", "s3cr3t\r\n");
    put("main.yaml",
        CHANNEL "monitors:\n  - name: a\n    http: { url: http://h, auth: "
                "{ bearer: \"${file:token}\" }, headers: { X: \"${cred:token}\" } }\n");
    struct load_options o = {.env = pretend_env, .credentials_dir = folder};
    char *said = load_main(&o, &c);
    assert_string_equal(said, "");
    assert_string_equal(c->monitors[0].http.bearer.bytes, "s3cr3t");
    assert_string_equal(c->monitors[0].http.headers[0].value.bytes, "s3cr3t");
    config_free(c);
    mem_free(said);
}

static void secret_file__that_cannot_be_one__is_refused(void **state)
{
    (void)state;
    char *large = mem_alloc(64002);
    memset(large, 'x', 64001);
    put("large", large);
    mem_free(large);
    put_bytes("binary", "a\0b", 3);
    put("main.yaml",
        CHANNEL "x-a: \"${file:large}\"\nx-b: \"${file:binary}\"\nx-c: \"${file:conf.d}\"\n"
                "x-d: \"${file:none}\"\n");
    says(&PRETEND, "@/main.yaml:3:6: error: `@/large` is larger than 64000 bytes\n"
                   "@/main.yaml:4:6: error: `@/binary` is not text\n"
                   "@/main.yaml:5:6: error: cannot read `@/conf.d`: Is a directory\n"
                   "@/main.yaml:6:6: error: cannot read `@/none`: No such file or directory\n");
}

/* --- zones -------------------------------------------------------------------------------- */

static void zones__folder_missing__names_the_package_but_utc_needs_none(void **state)
{
    (void)state;
    put("main.yaml",
        CHANNEL "people:\n  ana: { time_zone: Europe/Madrid }\n  bo: { time_zone: UTC }\n");
    struct load_options o = {.env = pretend_env, .zoneinfo_dir = "/nowhere/zoneinfo"};
    says(&o, "@/main.yaml:4:21: error: `time_zone`: no time zone can be read: /nowhere/zoneinfo is "
             "missing (package tzdata)\n");
}

static void zones__file_of_nonsense__is_refused(void **state)
{
    (void)state;
    put("Nonsense", "TZif, or maybe not");
    put("main.yaml", CHANNEL "people:\n  ana: { time_zone: Nonsense }\n");
    struct load_options o = {.env = pretend_env, .zoneinfo_dir = folder};
    struct config *c = NULL;
    char *said = load_main(&o, &c);
    assert_true(text_starts(said, "@/main.yaml:4:21: error: `time_zone`: "));
    mem_free(said);
}

/* --- what is shipped ---------------------------------------------------------------------- */

static void shipped_configurations__all_load(void **state)
{
    (void)state;
    static const char *const patterns[] = {"conf/*.yaml", "conf/examples/*.yaml"};
    size_t n = 0;
    for (size_t i = 0; i < 2; i++) {
        glob_t found = {0};
        assert_int_equal(glob(patterns[i], 0, NULL, &found), 0);
        for (size_t k = 0; k < found.gl_pathc; k++, n++) {
            if (strstr(found.gl_pathv[k], "prometheus-"))
                continue; /* not for us to read */
            struct config *c = NULL;
            struct diagnostics d;
            struct buf said;
            buf_init(&said, 1 << 16);
            int status = config_load(found.gl_pathv[k], &PRETEND, &c, &d);
            diagnostics_print(&d, &said);
            bool quiet = d.n == 0 || strstr(found.gl_pathv[k], "quickstart.yaml");
            if (status != 0 || !quiet)
                fail_msg("%s", buf_text(&said));
            config_free(c);
            diagnostics_done(&d);
            buf_done(&said);
        }
        globfree(&found);
    }
    assert_true(n >= 7);
}

/* Somebody is there at every hour of a year that spans all changes of the clocks. */
static void follow_the_sun__leaves_no_gap(void **state)
{
    (void)state;
    struct config *c = NULL;
    struct diagnostics d;
    struct oncall who;
    assert_int_equal(config_load("conf/examples/follow-the-sun.yaml", &PRETEND, &c, &d), 0);
    const struct schedule *s = config_schedule(c, "world");
    for (int64_t at_ms = 1767571200000; at_ms < 1799107200000; at_ms += 1800000) {
        oncall_who(s, at_ms, &who);
        assert_int_equal(who.n, 1);
    }
    config_free(c);
    diagnostics_done(&d);
}

#define FILES_TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILES_TEST(pipe_without_a_writer__is_not_waited_for),
        FILES_TEST(pipe_whose_writer_says_nothing__is_not_waited_for_long),
        FILES_TEST(include__lists_and_names_grow_in_order),
        FILES_TEST(include__name_defined_twice__both_places_are_named),
        FILES_TEST(include__errors_of_all_files__at_once_in_order),
        FILES_TEST(include__pattern_without_a_match__is_fine_but_a_missing_file_is_not),
        FILES_TEST(include__pattern_that_matches_the_file_itself__is_read_once),
        FILES_TEST(file__not_there__is_said_of_the_whole_file),
        FILES_TEST(secret_file__read_beside_the_file_without_its_newline),
        FILES_TEST(secret_file__that_cannot_be_one__is_refused),
        FILES_TEST(zones__folder_missing__names_the_package_but_utc_needs_none),
        FILES_TEST(zones__file_of_nonsense__is_refused),
        cmocka_unit_test(shipped_configurations__all_load),
        cmocka_unit_test(follow_the_sun__leaves_no_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
