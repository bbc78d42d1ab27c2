/* labels.h - labels packed as lines "name=value\n" -> a JSON object. */
#ifndef FORMAT_LABELS_H
#define FORMAT_LABELS_H

#include "base/json.h"

void labels_write(struct jw *w, const char *key, const char *packed);

#endif
