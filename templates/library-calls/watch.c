/* SPDX-License-Identifier: 0BSD */
#include "watch.h"

#include <errno.h>
#include <stdio.h>

static char names[FUNCTIONS][128];

static int keep_name(uint64_t number, const char *function, void *ctx)
{
	(void)ctx;
	if (number >= FUNCTIONS)
		return skep_error_set(E2BIG, "take a narrower one, or make FUNCTIONS larger",
				      "more than %d functions fit the pattern", FUNCTIONS);
	snprintf(names[number], sizeof(names[number]), "%s", function);
	return 0;
}

int watch(struct skep_link **calls, struct skep_link **returns, struct functions *app,
	  const char *library, const char *pattern, int pid)
{
	const struct skep_uprobe_multi_opts which = {
		.sz = sizeof(which),
		.pattern = pattern,
		.pid = pid,
		.fallback = true, /* before Linux 6.6, one probe for each */
		.named = keep_name,
	};
	int err = skep_attach_uprobe_multi(returns, functions_program_on_return(app), library,
					   &which);

	return err ? err
		   : skep_attach_uprobe_multi(calls, functions_program_on_call(app), library,
					      &which);
}

const char *watch_name(uint32_t number)
{
	return number < FUNCTIONS && *names[number] ? names[number] : NULL;
}

int watch_read(struct skep_hist *took, const struct functions *app, uint32_t number)
{
	return skep_hist_get(took, functions_map_took_ns(app).map, &number);
}
