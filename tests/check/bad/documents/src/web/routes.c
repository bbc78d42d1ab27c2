static const char *const routes[] = {"/api/v1/hidden", "/healthz"};
static const struct metric_family a = {"midwatch_hidden_total", METRIC_COUNTER, "Hidden."};
static const struct metric_family b = {"midwatch_odd", METRIC_COUNTER, "No counter's name."};
static const struct metric_family c = {"midwatch_told", METRIC_GAUGE, "Told "
                                       "as something else."};
static const struct metric_family d = {"midwatch_told", METRIC_GAUGE, "Twice, \"quoted\"."};
