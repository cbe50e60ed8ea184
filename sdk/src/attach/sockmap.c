/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Programs on maps of sockets. Public side: <skep/attach/sockmap.h>. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <skep/attach/sockmap.h>

#include "attach.h"
#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "map/map.h"
#include "object/capture.h"
#include "object/link.h"

struct place {
	const struct skep_program *program;
	const struct skep_map *map;
	enum bpf_attach_type type;
};

/* --- where the kernel has no links for it --- */

struct attached {
	int map, prog;
	enum bpf_attach_type type;
};

/* Takes off this program only: another that took its place stays. */
static int detach(void *state)
{
	struct attached *a = state;
	int err = bpf_prog_detach2(a->prog, a->map, a->type);

	return err == -ENOENT ? 0 : err;
}

static void let_go(void *state)
{
	struct attached *a = state;

	close(a->prog);
	close(a->map);
	free(a);
}

static void detach_and_free(void *state)
{
	detach(state);
	let_go(state);
}

static int update(void *state, int prog_fd)
{
	struct attached *a = state;
	int err, copy = fcntl(prog_fd, F_DUPFD_CLOEXEC, 3);

	if (copy < 0)
		return -errno;
	err = bpf_prog_attach(prog_fd, a->map, a->type, 0);
	if (err) {
		close(copy);
		return err;
	}
	close(a->prog);
	a->prog = copy;
	return 0;
}

static const struct skep_link_ops ops = {
	.name = "sockmap",
	.free = detach_and_free,
	.update = update,
	.detach = detach,
	.let_go = let_go,
};

/* -errno without words: the kernel's. */
static int attach_plainly(struct skep_link **out, const struct place *place)
{
	AUTO_CLOSE int map = fcntl(place->map->fd, F_DUPFD_CLOEXEC, 3);
	AUTO_CLOSE int prog = fcntl(skep_program_fd(place->program), F_DUPFD_CLOEXEC, 3);
	AUTO_FREE struct attached *a = malloc(sizeof(*a));
	int err;

	if (map < 0 || prog < 0 || !a)
		return a ? -errno : -ENOMEM;
	err = bpf_prog_attach(prog, map, place->type, 0);
	if (err)
		return err;
	*a = (struct attached){ skep_take_fd(&map), skep_take_fd(&prog), place->type };
	return skep_link_from_ops(out, &ops, SKEP_TAKE(a));
}

/* --- */

/* The program's place in the map: its section says it, or the caller does. */
static int find_type(struct place *place, enum skep_sk_skb use)
{
	static const enum bpf_attach_type types[] = {
		[SKEP_SK_SKB_STREAM_PARSER] = BPF_SK_SKB_STREAM_PARSER,
		[SKEP_SK_SKB_STREAM_VERDICT] = BPF_SK_SKB_STREAM_VERDICT,
		[SKEP_SK_SKB_VERDICT] = BPF_SK_SKB_VERDICT,
	};
	const char *name = skep_program_name(place->program);
	const char *section = skep_program_section(place->program);
	enum bpf_prog_type is = bpf_program__type(place->program->prog);

	if ((unsigned int)use > SKEP_SK_SKB_VERDICT)
		return skep_fail(EINVAL, "%d is not an enum skep_sk_skb", (int)use);
	if (is != BPF_PROG_TYPE_SK_SKB && is != BPF_PROG_TYPE_SK_MSG)
		return skep_fail_hint(
			skep_fail(EPROTOTYPE, "program '%s' (%s) is not one for maps of sockets",
				  name, section),
			"put it into SEC(\"sk_skb/stream_verdict\"), SEC(\"sk_skb/verdict\") or "
			"SEC(\"sk_msg\")");
	place->type = bpf_program__expected_attach_type(place->program->prog);
	if (is == BPF_PROG_TYPE_SK_MSG)
		place->type = BPF_SK_MSG_VERDICT;
	if (use && place->type && place->type != types[use])
		return skep_fail(EINVAL, "`.use` of program '%s' is not what its section (%s) says",
				 name, section);
	if (use)
		place->type = types[use];
	if (!place->type)
		return skep_fail_hint(skep_fail(EINVAL,
						"program '%s' (%s) does not say whether it parses "
						"or decides",
						name, section),
				      "give `.use = SKEP_SK_SKB_STREAM_VERDICT`, or another of "
				      "enum skep_sk_skb");
	return 0;
}

static int need_map(const struct skep_map *map)
{
	if (!map)
		return skep_fail_hint(skep_fail(EINVAL, "no map is given"),
				      "skep_object_map() is NULL for a name that the object does "
				      "not have");
	if (map->fd < 0)
		return skep_fail_hint(skep_fail(EBADF, "map '%s' is not loaded", map->name),
				      "load its object first, and look at the result");
	if (map->type == BPF_MAP_TYPE_SOCKMAP || map->type == BPF_MAP_TYPE_SOCKHASH)
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE, "map '%s' is %s: no map of sockets", map->name,
					skep_map_kind(map->type)->said),
			      "declare it with BPF_MAP_TYPE_SOCKMAP or BPF_MAP_TYPE_SOCKHASH");
}

/* The id of the program that is at `type` now; 0: none, or the kernel (before 5.18) cannot tell. */
static uint32_t who_is_there(const struct skep_map *map, enum bpf_attach_type type)
{
	uint32_t id = 0, flags = 0, count = 1;

	return bpf_prog_query(map->fd, type, 0, &flags, &id, &count) || !count ? 0 : id;
}

static int refuse_busy(const struct place *place, uint32_t id)
{
	skep_fail(EBUSY, "cannot attach program '%s': map '%s' has program %u there",
		  skep_program_name(place->program), place->map->name, id);
	return skep_fail_hint(-EBUSY,
			      "take that one off, or give `.replaces = %u` if it was not attached "
			      "by a link",
			      id);
}

/* The kernel would let the first program go without a word. */
static int check_there(const struct place *place, uint32_t replaces)
{
	uint32_t id = who_is_there(place->map, place->type);

	if (replaces && id && id != replaces)
		return refuse_busy(place, id);
	if (replaces && !id)
		return skep_fail(ENOENT, "program %u, to be replaced, is not at map '%s'", replaces,
				 place->map->name);
	return id && !replaces ? refuse_busy(place, id) : 0;
}

static int refuse(const struct place *place, int err)
{
	enum bpf_attach_type other =
		place->type == BPF_SK_SKB_VERDICT ? BPF_SK_SKB_STREAM_VERDICT : BPF_SK_SKB_VERDICT;
	uint32_t id = err == -EBUSY ? who_is_there(place->map, place->type) : 0;

	if (id)
		return refuse_busy(place, id);
	if (err == -EBUSY)
		id = who_is_there(place->map, other);
	if (err != -EBUSY)
		return skep_attach_refuse(place->program, err, NULL, NULL);
	skep_fail(EBUSY,
		  "cannot attach program '%s': map '%s' has a program that decides already (%u), "
		  "and of stream_verdict and verdict it takes one",
		  skep_program_name(place->program), place->map->name, id);
	return skep_fail_hint(-EBUSY, "take that one off, or use another map");
}

static int attach(struct skep_link **out, const struct place *place)
{
	int fd =
		bpf_link_create(skep_program_fd(place->program), place->map->fd, place->type, NULL);
	int err;

	if (fd >= 0) {
		err = skep_link_from_fd(out, fd);
		if (!err)
			skep_link_set_way(*out, "sockmap link");
		return err;
	}
	if (fd != -EINVAL)
		return refuse(place, fd);
	/* Without links for it the kernel says so; what else is wrong the next call says too. */
	err = attach_plainly(out, place);
	return err ? refuse(place, err) : 0;
}

int skep_attach_sockmap(struct skep_link **out, const struct skep_program *program,
			const struct skep_map *map, const struct skep_sockmap_opts *opts)
{
	struct place place = { .program = program, .map = map };
	SKEP_CAPTURE(said);
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_attach_need_loaded(program);
	if (!err)
		err = find_type(&place, SKEP_OPT(opts, use));
	if (!err)
		err = need_map(map);
	if (!err)
		err = check_there(&place, SKEP_OPT(opts, replaces));
	return err ? err : attach(out, &place);
}
