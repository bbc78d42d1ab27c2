/* effects.c - the two lists of an effect. */
#include "model/effects.h"

void effects_clear(struct effects *fx)
{
    commit_clear(&fx->commit);
    fx->sends.n = 0;
    fx->probes.n = 0;
}

void effects_done(struct effects *fx)
{
    commit_done(&fx->commit);
    vec_done(&fx->sends);
    vec_done(&fx->probes);
}
