/* fake_reports.h - of the store's double in web_world.h: reports, and what they are made from. */
#ifndef TESTS_WEB_FAKE_REPORTS_H
#define TESTS_WEB_FAKE_REPORTS_H

static struct {
    struct {
        char id[48];
        char *report, *head;
    } reports[8];
    size_t n_reports;
    bool refuses;
    const char *quiets; /* NULL: none */
    const struct slo_unit *units;
    size_t n_units;
} kept;

static inline void fake_reports_done(void)
{
    for (size_t i = 0; i < kept.n_reports; i++) {
        mem_free(kept.reports[i].report);
        mem_free(kept.reports[i].head);
    }
    memset(&kept, 0, sizeof kept);
}

static inline const char *report_of(const char *id)
{
    for (size_t i = 0; i < kept.n_reports; i++)
        if (strcmp(kept.reports[i].id, id) == 0)
            return kept.reports[i].report;
    return "";
}

void store_list_reports(struct store *s, store_json_fn *done, void *arg)
{
    struct buf out;

    (void)s;
    buf_init(&out, 1 << 20);
    buf_char(&out, '[');
    for (size_t i = 0; i < kept.n_reports; i++)
        buf_printf(&out, "%s%s", i > 0 ? "," : "", kept.reports[i].head);
    buf_char(&out, ']');
    done(arg, out.p, out.len, fake.away);
    buf_done(&out);
}

void store_read_report(struct store *s, const char *id, store_json_fn *done, void *arg)
{
    (void)s;
    done(arg, report_of(id), strlen(report_of(id)), fake.away);
}

void store_put_report(struct store *s, const char *id, const struct report_bytes *report,
                      const struct report_bytes *head, store_done_fn *done, void *arg)
{
    (void)s;
    if (!kept.refuses && *report_of(id) == 0) {
        snprintf(kept.reports[kept.n_reports].id, sizeof kept.reports->id, "%s", id);
        kept.reports[kept.n_reports].report = mem_strndup(report->p, report->n);
        kept.reports[kept.n_reports++].head = mem_strndup(head->p, head->n);
    }
    done(arg, !kept.refuses);
}

void store_read_resolved_between(struct store *s, const struct period_query *p, store_json_fn *done,
                                 void *arg)
{
    (void)s, (void)p;
    answer(done, arg);
}

void store_read_quiets_between(struct store *s, const struct period_query *p, store_json_fn *done,
                               void *arg)
{
    const char *list = kept.quiets != NULL ? kept.quiets : "[]";

    (void)s, (void)p;
    done(arg, list, strlen(list), fake.away);
}

void store_slo_read(struct store *s, const char *slo, int64_t from_ms, int64_t to_ms,
                    store_slo_fn *done, void *arg)
{
    struct slo_history h = {.units = kept.units, .n_units = kept.n_units};

    (void)s, (void)slo, (void)from_ms, (void)to_ms;
    done(arg, fake.away ? NULL : &h);
}

#endif
