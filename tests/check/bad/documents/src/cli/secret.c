const struct command cmd_secret = {
    .name = "secret",
};
const struct command cmd_status = {
    .name = "status",
};
