#include <stdlib.h>
#include <string.h>
/* strcpy(in a comment) is fine, "atoi(" in a text too. TODO: but this is not. */
int old(char *to, const char *from)
{
    strcpy(to, from);
#if 0
    system("true");
#endif
    return atoi(from) + (int)strlen("rand()");
}
