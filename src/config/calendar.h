/* calendar.h - iCalendar files of schedules: named in the rows, read when all people are known. */
#ifndef CONFIG_CALENDAR_H
#define CONFIG_CALENDAR_H

#include "node.h"
#include "wire/calendar.h"

struct reader;

/* `calendar` of a layer, or `overrides_calendar` of a schedule. */
struct calendar_use {
    const struct node *place; /* holds the path */
    const struct zone *zone;  /* of days and of times without a zone */
    struct layer *layer;      /* NULL: overrides */
    struct schedule *schedule;
    const struct node *of; /* the schedule's */
};

/* Found while a schedule was read: the uses that have none yet are its own. */
void calendar_adopt(struct reader *r, const struct node *n, struct schedule *s);
/* Reads them all, each into the shifts of its layer or the overrides of its schedule. */
void calendar_link(struct reader *r);

/* import.c: events -> shifts in order of time, none overlapping another. */
struct import {
    struct reader *reader;
    const struct calendar_use *use;
    const struct calendar *calendar;
    const char *name;       /* of the file, for errors */
    int64_t from_ms, to_ms; /* only what touches this is of interest */
    struct shift *shifts;   /* in the configuration's arena */
    size_t n_shifts;
    int complaints;
};
/* 0, or -1 with the reason. */
int import_run(struct import *m, struct err *e) MW_MUST_CHECK;

#endif
