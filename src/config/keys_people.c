/* keys_people.c - the keys of `people` and `channels`. */
#include <string.h>

#include "reader.h"

#define SECOND ((int64_t)1000)
#define DAY    (24 * 3600 * SECOND)

/* --- people ------------------------------------------------------------------------------- */

static const enum target channel = TARGET_CHANNEL;

static const struct row rule_rows[] = {
    {"via", &type_ref, offsetof(struct notify_rule, via), .of = &channel, .flags = ROW_REQUIRED,
     .example = "ops", .text = "The channel: a name from `channels`."},
    {"after", &type_duration, offsetof(struct notify_rule, after_ms), .max = 7 * DAY,
     .normal = "0s", .example = "0s",
     .text = "How long after the page, unless somebody acknowledged meanwhile."},
};

static const struct shape shape_rule = {
    .name = "rule",
    ROWS(rule_rows),
    .size = sizeof(struct notify_rule),
};

static const struct row person_rows[] = {
    {"name", &type_line, offsetof(struct person, full_name), .min = 1, .max = 127,
     .example = "Ana Ruiz", .text = "As people call them. Without it, the name in the file."},
    {"time_zone", &type_zone, offsetof(struct person, zone), .example = "Europe/Madrid",
     .text = "Where they live: nights and weekends are counted there."},
    {"notify", &type_list, offsetof(struct person, rules), offsetof(struct person, n_rules),
     .of = &shape_rule,
     .text = "How to reach them, from the moment they are paged until somebody acknowledges."},
    {"notify_low", &type_list, offsetof(struct person, low_rules),
     offsetof(struct person, n_low_rules), .of = &shape_rule,
     .text = "How to reach them when the urgency is low. Without it, as `notify` says."},
};

static void check_person(struct reader *r, const struct node *n, void *object)
{
    struct person *p = object;
    (void)r, (void)n;
    if (!p->full_name)
        p->full_name = p->name;
}

const struct shape shape_person = {
    .name = "person",
    ROWS(person_rows),
    .size = sizeof(struct person),
    .target = TARGET_PERSON,
    .check = check_person,
};

/* --- channels ----------------------------------------------------------------------------- */

static const struct choice channel_types[] = {
    {"webhook", CHANNEL_WEBHOOK},
    {"ntfy", CHOICE_LATER},
    {"slack", CHOICE_LATER},
    {0},
};

#define AT(field) offsetof(struct channel, field)

static const struct row channel_rows[] = {
    {"type", &type_choice, AT(type), .of = channel_types, .flags = ROW_REQUIRED,
     .example = "webhook", .text = "What kind of channel it is."},
    {"url", &type_secret_url, AT(url), AT(shown_url), .flags = ROW_REQUIRED | ROW_SECRET,
     .example = "https://pager.example/in", .text = "Where the webhook is posted. Kept secret."},
    {"secret", &type_signing, AT(secrets), AT(n_secrets), .flags = ROW_SECRET,
     .example = "whsec_ZXhhbXBsZS1vbmx5LW1ha2UteW91ci1vd24tc2VjcmV0",
     .text = "Signs by Standard Webhooks. Make one: echo whsec_$(openssl rand -base64 32)."},
    {"secrets", &type_signing, AT(secrets), AT(n_secrets), .flags = ROW_SECRET | ROW_INSTEAD,
     .example = "[\"${file:/run/secrets/new}\", \"${file:/run/secrets/old}\"]",
     .text = "Several, while one is rotated: each signs."},
    {"headers", &type_headers, AT(headers), AT(n_headers), .flags = ROW_SECRET,
     .example = "{ X-Team: payments }", .text = "Headers to send along, at most 50."},
    {"timeout", &type_duration, AT(timeout_ms), .min = 100, .max = 60 * SECOND, .normal = "10s",
     .example = "10s", .text = "How long an attempt may take."},
    {"ca_file", &type_file, AT(ca_file), .flags = ROW_INSTEAD,
     .example = "/etc/midwatch/internal-ca.pem",
     .text = "The certificates to trust, instead of the system's. Seen from this file."},
    {"most_per_minute", &type_int, AT(most_per_minute), .max = 10000, .normal = "0",
     .example = "60",
     .text = "More than so many attempts wait for the next minute; none is dropped. 0: no limit."},
};

static void check_channel(struct reader *r, const struct node *n, void *object)
{
    (void)object;
    if (node_get(n, "secret") && node_get(n, "secrets"))
        diag_error(r->d, n, "`secret` and `secrets` exclude each other");
}

const struct shape shape_channel = {
    .name = "channel",
    ROWS(channel_rows),
    .size = sizeof(struct channel),
    .target = TARGET_CHANNEL,
    .check = check_channel,
};
