/* effects.h - what a decision asks for: first written, then done. */
#ifndef MODEL_EFFECTS_H
#define MODEL_EFFECTS_H

#include "base/vec.h"
#include "model/commit.h"

struct effects {
    struct commit commit;               /* write this first, in one transaction */
    VEC(const struct delivery *) sends; /* then begin an attempt of each */
    VEC(const char *) probes;           /* monitors to be probed at once, if they can; borrowed */
};

void effects_clear(struct effects *fx); /* keeps the memory */
void effects_done(struct effects *fx);

#endif
