/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Finds the log that tells most: the command's own, where it is whole; else one that the kernel
 * writes when it is asked again, at level 2 where level 1 does not show how it came.
 */
#include "watch_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <skep/verifier.h>

#include "explain_show.h"

/* Level 2 is several times slower than level 1: it is for programs where nobody notices. */
#define ASKING_MOST_MS 1000

static long long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return 1000LL * now.tv_sec + now.tv_nsec / 1000000;
}

/* How much an explanation tells; 0: nothing is explained. */
static unsigned worth(const struct show *show, const struct watch_refusal *r,
		      const struct watch_answer *answer, size_t *diagnostics)
{
	SKEP_AUTO(skep_explanation) *explanation = NULL;
	const struct skep_diagnostic *d;
	unsigned points;

	*diagnostics = 0;
	if (!answer->log ||
	    show_explain(show, answer->log, answer->bytes, *r->name ? r->name : NULL, &explanation))
		return 0;
	*diagnostics = skep_explanation_count(explanation);
	d = skep_explanation_diagnostic(explanation, 0);
	if (!d)
		return 0;
	points = 1 + 100 * (unsigned)d->confidence;
	points += d->cause_count < 4 ? (unsigned)d->cause_count : 4;
	return points + (d->primary.insn >= 0 ? 10 : 0);
}

static bool tells_all(unsigned points)
{
	return points > 100 * SKEP_CONFIDENCE_EXACT + 11;
}

/* Asks again, and keeps the answer where it tells more. */
static unsigned improve(struct watch_refusal *r, const struct show *show, unsigned level,
			unsigned points, struct watch_answer *answer)
{
	struct watch_answer again = { 0 };
	int err = watch_ask(r, level, &again.log, &again.bytes);
	unsigned more;

	again.accepted = !err;
	answer->forbidden = again.forbidden = err == -EPERM;
	/* Whom the kernel permits nothing, it has not told what it thinks of the program. */
	if (again.accepted || (r->error == EPERM && err != -EPERM)) {
		answer->accepted = again.accepted;
		free(again.log);
		return points;
	}
	watch_btf_use(r, &again.log, &again.bytes);
	more = worth(show, r, &again, &again.diagnostics);
	if (more < points || (more == points && answer->log)) {
		free(again.log);
		return points;
	}
	free(answer->log);
	*answer = again;
	return more;
}

void watch_examine(struct watch_refusal *r, const struct show *show, struct watch_answer *answer)
{
	static long long spent; /* for all programs of the command */
	long long began = milliseconds();
	unsigned points;

	*answer = (struct watch_answer){ 0 };
	if (r->log) {
		answer->bytes = r->log_bytes;
		answer->log = malloc(r->log_bytes + 1);
		if (answer->log)
			memcpy(answer->log, r->log, r->log_bytes + 1);
	}
	watch_btf_use(r, &answer->log, &answer->bytes);
	points = worth(show, r, answer, &answer->diagnostics);
	if (!r->copied)
		return;
	if (!r->log_whole || !points)
		points = improve(r, show, 1, r->log_whole ? points : 0, answer);
	spent += milliseconds() - began;
	if (r->cmd != WATCH_PROG_LOAD || answer->accepted || !points || tells_all(points) ||
	    spent > ASKING_MOST_MS || r->attr.prog.insn_cnt > 20000)
		return;
	began = milliseconds();
	improve(r, show, 2, points, answer);
	spent += milliseconds() - began;
}
