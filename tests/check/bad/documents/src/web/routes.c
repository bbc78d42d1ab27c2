static const char *const routes[] = {"/api/v1/hidden", "/healthz"};
static const char *const family = "midwatch_hidden_total";
