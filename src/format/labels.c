/* labels.c - packed labels as JSON. A line without `=` is passed over. */
#include "format/labels.h"

#include <string.h>

#include "model/incident.h"

void labels_write(struct jw *w, const char *key, const char *packed)
{
    char name[LABELS_SIZE];

    jw_kv_object(w, key);
    while (*packed != 0) {
        size_t n = strcspn(packed, "\n");
        const char *eq = memchr(packed, '=', n);

        if (eq != NULL && (size_t)(eq - packed) < sizeof name) {
            size_t name_len = (size_t)(eq - packed);

            memcpy(name, packed, name_len);
            name[name_len] = 0;
            jw_key(w, name);
            jw_textn(w, eq + 1, n - name_len - 1);
        }
        packed += n + (packed[n] == '\n');
    }
    jw_object_end(w);
}
