/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A progress line for long work, shown by who is called back. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <skep/loop.h>

#include "base/fail.h"
#include "base/opts.h"

#define USUAL_PER_SECOND 10
#define MOST_PER_SECOND  1000

struct skep_progress {
	skep_progress_fn fn;
	void *ctx;
	uint64_t total, done;
	uint64_t interval_ns, began_ns;
	uint64_t shown_ns, shown; /* when it was shown last, and what */
	bool quiet;               /* no terminal, or ended */
	bool was_shown;
};

static bool is_seen(const struct skep_progress_opts *opts)
{
	int saved = errno, fd = SKEP_OPT(opts, fd);
	bool seen = SKEP_OPT(opts, always) || isatty(fd ? fd : STDERR_FILENO);

	errno = saved;
	return seen;
}

int skep_progress_new(struct skep_progress **out, skep_progress_fn fn, void *ctx,
		      const struct skep_progress_opts *opts)
{
	unsigned int per_second = SKEP_OPT(opts, per_second);
	struct skep_progress *progress;
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	if (!fn || per_second > MOST_PER_SECOND)
		return skep_fail(EINVAL,
				 fn ? "nobody reads %u lines a second: at most %d"
				    : "progress needs a callback",
				 per_second, MOST_PER_SECOND);
	progress = calloc(1, sizeof(*progress));
	if (!progress)
		return skep_fail(ENOMEM, "no memory for progress");
	progress->fn = fn;
	progress->ctx = ctx;
	progress->total = SKEP_OPT(opts, total);
	progress->interval_ns = SKEP_SECOND / (per_second ? per_second : USUAL_PER_SECOND);
	progress->quiet = !is_seen(opts);
	progress->began_ns = progress->shown_ns = skep_now_ns();
	*out = progress;
	return 0;
}

static void show(struct skep_progress *p, uint64_t now_ns, bool ended)
{
	struct skep_progress_now now = { .done = p->done,
					 .total = p->total,
					 .elapsed_ns = now_ns - p->began_ns,
					 .ended = ended };

	if (p->done > p->shown && now_ns > p->shown_ns)
		now.per_second =
			(double)(p->done - p->shown) * 1e9 / (double)(now_ns - p->shown_ns);
	/* By all of it, so that it does not jump. */
	if (p->done && p->done < p->total)
		now.left_ns = (uint64_t)((double)(p->total - p->done) / (double)p->done *
					 (double)now.elapsed_ns);
	p->shown_ns = now_ns;
	p->shown = p->done;
	p->was_shown = true;
	p->fn(&now, p->ctx);
}

void skep_progress_set(struct skep_progress *progress, uint64_t done)
{
	uint64_t now_ns;

	if (!progress || progress->quiet)
		return;
	progress->done = done;
	now_ns = skep_now_ns();
	if (now_ns - progress->shown_ns >= progress->interval_ns)
		show(progress, now_ns, false);
}

void skep_progress_end(struct skep_progress *progress)
{
	if (!progress || progress->quiet)
		return;
	progress->quiet = true;
	if (progress->was_shown)
		show(progress, skep_now_ns(), true);
}

void skep_progress_free(struct skep_progress *progress)
{
	free(progress);
}
