// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "user_app.h"

#include <dlfcn.h>

#include "harness/machine.h"
#include "harness/test.h"

void *library;
struct attach_user *app;

void start(void)
{
	require_root();
	if (app)
		return;
	library = dlopen(test_file(LIBRARY), RTLD_NOW);
	if (!library)
		fail_msg("%s", dlerror());
	assert_ok(attach_user_open(&app, NULL));
	if (attach_user_load(app))
		fail_msg("%s\n%s", skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
}

int call(const char *function)
{
	stand_fn *fn;

	*(void **)&fn = dlsym(library, function);
	if (!fn)
		fail_msg("%s", dlerror());
	return fn(0);
}

uint64_t fired(unsigned int slot)
{
	static uint64_t before[ATTACH_USER_SLOTS];
	uint64_t now = *(volatile uint64_t *)&attach_user_bss(app)->calls[slot];
	uint64_t since = now - before[slot];

	before[slot] = now;
	return since;
}

void done(struct skep_link *link)
{
	skep_link_free(link);
	assert_ok(skep_attach_wait(test_scaled_ms(20000)));
}

int attach_three(struct skep_link **link, const struct skep_program *program, bool fallback)
{
	static const char *const names[] = { "stand_three", "stand_one", "stand_two" };
	static const uint64_t cookies[] = { 3, 1, 2 };

	for (unsigned int i = 0; i < 4; i++)
		fired(i);
	return skep_attach_uprobe_multi(link, program, test_file(LIBRARY),
					SKEP_OPTS(skep_uprobe_multi_opts, .symbols = names,
						  .cookies = cookies, .count = 3,
						  .fallback = fallback));
}
