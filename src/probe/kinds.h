/* kinds.h - one const struct for each kind of probe; probe.c's table lists them. */
#ifndef PROBE_KINDS_H
#define PROBE_KINDS_H

#include "probe/probe.h"

extern const struct probe_kind probe_http;

#endif
