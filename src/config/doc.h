/* doc.h - what the printers of documents share. */
#ifndef CONFIG_DOC_H
#define CONFIG_DOC_H

#include "row.h"

/* "duration, 100ms to 7d, default 60s; required; read at start only". */
const char *doc_facts(const struct row *row, char *dst, size_t size);
#define FACTS_SIZE 400

/* `text` in lines of at most `width` columns, each behind `prefix`. */
void doc_wrap(struct buf *out, const char *text, const char *prefix, size_t width);

/* How the mappings below a row are written after its path: "", "[]" or ".NAME". */
const char *doc_path_end(const struct row *row);

/* The prose at the head of the reference and of the manual, in paragraphs; NULL ends them. */
extern const char *const doc_prose[];

#endif
