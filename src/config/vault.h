/* vault.h - text that may be secret, kept in blocks of its own and wiped at the end. */
#ifndef CONFIG_VAULT_H
#define CONFIG_VAULT_H

#include <stddef.h>

struct vault;

struct vault *vault_new(void);
void vault_free(struct vault *v);                               /* wipes; NULL accepted */
char *vault_keep(struct vault *v, const char *bytes, size_t n); /* copies, adds a NUL */

#endif
