/* yaml.h - bytes to nodes. The one door to libyaml. */
#ifndef CONFIG_YAML_H
#define CONFIG_YAML_H

#include "node.h"

#define YAML_BYTES_MAX    (16 << 20) /* all files together */
#define YAML_EVENTS_MAX   2000000    /* all files together */
#define YAML_DEPTH_MAX    32
#define YAML_EXPANDED_MAX 100000 /* nodes behind aliases, all files together */

/* The document as a mapping, or NULL after a complaint. */
struct node *yaml_read(struct tree *t, const struct source *s, const char *bytes, size_t n);

#endif
