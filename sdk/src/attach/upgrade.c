/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A new object in the place of one that runs. */
#include "upgrade.h"

#include <errno.h>
#include <stdlib.h>

#include <skep/object.h>

#include "base/fail.h"
#include "base/opts.h"
#include "object/object.h"

static int check_states(const struct skep_object *running, const struct skep_object *next)
{
	int err = skep_object_need_loaded(running);

	if (!err && !next)
		err = skep_fail_hint(skep_fail(EINVAL, "there is no new object"),
				     "look at what skep_object_open() returned");
	if (err || next->state == OBJECT_OPEN)
		return err;
	return skep_fail_hint(
		skep_fail(EBADF, "object '%s' is loaded already", skep_object_name(next)),
		"only open the new object: skep_upgrade() loads it");
}

static void tell(const struct skep_upgrade *upgrade, const struct skep_upgrade_opts *opts)
{
	skep_upgrade_fn report = SKEP_OPT(opts, report);
	void *ctx = SKEP_OPT(opts, ctx);

	for (size_t i = 0; report && i < upgrade->next->map_count; i++)
		report(&(const struct skep_upgrade_step){ .name = upgrade->next->maps[i].name,
							  .is_map = true,
							  .fate = upgrade->maps[i] },
		       ctx);
	for (size_t i = 0; report && i < upgrade->turn_count; i++)
		report(&(const struct skep_upgrade_step){ .name = upgrade->turns[i].name,
							  .fate = upgrade->turns[i].fate },
		       ctx);
}

int skep_upgrade(struct skep_object *running, struct skep_object *next,
		 const struct skep_upgrade_opts *opts)
{
	struct skep_upgrade upgrade = { .running = running, .next = next };
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = check_states(running, next);
	if (!err && SKEP_OPT(opts, link_count) && !SKEP_OPT(opts, links))
		err = skep_fail(EINVAL, "there are %zu links to upgrade, and no list of them",
				SKEP_OPT(opts, link_count));
	if (err)
		return err;
	upgrade.maps = calloc(next->map_count + 1, sizeof(*upgrade.maps));
	if (!upgrade.maps)
		return skep_fail(ENOMEM, "no memory for an upgrade");
	err = skep_upgrade_maps(&upgrade, SKEP_OPT(opts, fresh_variables));
	if (!err)
		err = skep_object_load(next);
	if (!err)
		err = skep_upgrade_list(&upgrade, SKEP_OPT(opts, links),
					SKEP_OPT(opts, link_count));
	if (!err)
		err = skep_upgrade_links(&upgrade);
	if (!err)
		tell(&upgrade, opts);
	free(upgrade.turns);
	free(upgrade.maps);
	return err;
}
