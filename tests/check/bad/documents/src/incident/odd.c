void odd(struct incident_case *c, const struct desk *k)
{
    case_record(c, k, "triggered", "held", "");
    case_record(c, k, incident_state_name(c->incident.state),
                "vanished", "");
}
