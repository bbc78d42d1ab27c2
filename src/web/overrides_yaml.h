/* overrides_yaml.h - overrides kept at run time, as the file would have them. */
#ifndef WEB_OVERRIDES_YAML_H
#define WEB_OVERRIDES_YAML_H

#include "base/buf.h"
#include "engine/engine.h"

/* Those not yet over, by schedule, in the order in which they lie over each other. */
void overrides_yaml(struct buf *out, const struct engine *e, const struct config *c,
                    int64_t now_ms);

#endif
