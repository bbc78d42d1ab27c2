/* test_channels.c - what becomes of a page: taken, refused, not answered, waiting its turn. */
#include "staging.h"

#define REFUSED "- { at: +0s, refuse: a, for: 1m }\n- { at: +0s, down: api, for: 30s }\n"

static void refused__for_good__told_once_and_the_next_hears_at_once(void **state)
{
    (void)state;
    story_says(STAGE_ONE, REFUSED, "undelivered", "ana@0");
    /* of the outage, and of the channel that does not deliver */
    story_says(STAGE_ONE, REFUSED, "page", "bo@0 bo@0");
    story_says(STAGE_ONE, REFUSED, "closed",
               "-@30 -@1800"); /* the channel: nothing more was heard of it */
    story_says(STAGE_ONE, REFUSED, "resolved", "bo@30 bo@1800");
}

static void deaf__after_its_timeout__told_once_and_tried_again(void **state)
{
    (void)state;
    story_says(STAGE_ONE, "- { at: +0s, deaf: a, for: 30s }\n- { at: +0s, down: api, for: 4m }\n",
               "undelivered", "ana@10");
    story_says(STAGE_ONE, "- { at: +0s, deaf: a, for: 5s }\n- { at: +0s, down: api, for: 4m }\n",
               "resolved", "ana@240");
}

static void limited__pages_wait_their_turn_and_old_news_is_not_sent(void **state)
{
#define FOUR                                                                                       \
    STAGE_HEAD                                                                                     \
    "defaults: { interval: 10s, fail_after: 1, recover_after: 1 }\n"                               \
    "storm: { incidents: 0, share: 0 }\n"                                                          \
    "monitors:\n- { name: m1, http: 'http://h/' }\n- { name: m2, http: 'http://h/' }\n"            \
    "- { name: m3, http: 'http://h/' }\n- { name: m4, http: 'http://h/' }\n"                       \
    "policies: { default: { steps: [ { notify: ['channel:slow'] } ] } }\n"
    (void)state;
    story_says(FOUR, "- { at: +0s, down: [m1, m2, m3, m4], for: 10m }\n", "page",
               "slow@0 slow@0 slow@60 slow@60");
    story_says(FOUR,
               "- { at: +0s, down: [m1, m2, m4], for: 10m }\n- { at: +0s, down: m3, for: 20s }\n",
               "page", "slow@0 slow@0 slow@60");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused__for_good__told_once_and_the_next_hears_at_once),
        cmocka_unit_test(deaf__after_its_timeout__told_once_and_tried_again),
        cmocka_unit_test(limited__pages_wait_their_turn_and_old_news_is_not_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
