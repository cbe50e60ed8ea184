/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* From what the caller says to places in a file. */
#include "uprobe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "base/fail.h"
#include "base/opts.h"
#include "object/capture.h"
#include "object/object.h"

/* The file, open for its symbols and for the kernel. */
struct target {
	struct skep_binary binary;
	struct skep_elf elf;
};
#define TARGET_NONE                                                                                \
	{                                                                                          \
		.binary = SKEP_BINARY_NONE, .elf = SKEP_ELF_NONE                                   \
	}
#define TARGET_AUTO __attribute__((cleanup(close_target)))

static void close_target(struct target *target)
{
	skep_elf_close(&target->elf);
	skep_binary_close(&target->binary);
}

static int open_target(struct target *target, const char *binary, int pid, int path_of,
		       const char *build_id)
{
	struct skep_binary_query query = { .binary = binary, .build_id = build_id };
	int err;

	if (pid < 0 || path_of < 0)
		return skep_fail_hint(
			skep_fail(EINVAL, "%d is no process", pid < 0 ? pid : path_of),
			"0 stands for all processes");
	query.pid = path_of ? path_of : pid;
	err = skep_binary_find(&target->binary, &query);
	if (err)
		return err;
	return skep_elf_open(&target->elf, target->binary.path, target->binary.shown);
}

static int check_semaphore(uint64_t semaphore)
{
	if (semaphore <= UINT32_MAX)
		return 0;
	return skep_fail(ERANGE,
			 "a semaphore at 0x%llx is farther in the file than the kernel takes",
			 (unsigned long long)semaphore);
}

static int check_offset(const struct skep_elf *elf, uint64_t offset)
{
	if (skep_elf_is_code(elf, offset))
		return 0;
	return skep_fail_hint(skep_fail(ERANGE, "the offset 0x%llx in %s is not in code",
					(unsigned long long)offset, elf->shown),
			      "offsets are in the file, not in memory: `objdump -d -F` shows them");
}

static int find_place(const struct target *target, const struct skep_uprobe_opts *opts,
		      uint64_t *offset)
{
	struct skep_wanted wanted = { .symbol = SKEP_OPT(opts, symbol),
				      .behind = SKEP_OPT(opts, offset) };
	int err;

	if (!wanted.symbol) {
		*offset = wanted.behind;
		return check_offset(&target->elf, *offset);
	}
	err = skep_elf_find(&target->elf, &target->binary, &wanted, 1, false);
	*offset = wanted.offset;
	return err;
}

static int attach_at(struct skep_link **out, const struct skep_program *program,
		     struct skep_uprobe_place *place, const char *what)
{
	struct skep_elf_sites site = { .offsets = &place->offset, .count = 1 };
	int err;

	if (skep_uprobe_is_multi(program)) {
		site.cookies = place->cookie ? &place->cookie : NULL;
		site.semaphores = place->semaphore ? &place->semaphore : NULL;
		return skep_uprobe_attach_sites(out, program, &site, place, what);
	}
	err = skep_uprobe_attach_event(out, program, place);
	return err ? skep_uprobe_refuse(program, err, place, what) : 0;
}

static int check_ret(const struct skep_program *program, bool ret)
{
	if (!ret || !skep_uprobe_is_session(program))
		return 0;
	return skep_fail_hint(skep_fail(EINVAL,
					"program '%s' is a session, which sees returns "
					"anyway",
					bpf_program__name(program->prog)),
			      "leave .ret out; bpf_session_is_return() tells in the program");
}

int skep_attach_uprobe(struct skep_link **out, const struct skep_program *program,
		       const char *binary, const struct skep_uprobe_opts *opts)
{
	struct target target TARGET_AUTO = TARGET_NONE;
	struct skep_uprobe_place place = { 0 };
	SKEP_CAPTURE(said);
	int err = SKEP_OPTS_CHECK(opts);

	err = err ? err : skep_uprobe_need(program);
	if (err)
		return err;
	if (!SKEP_OPT(opts, symbol) && !SKEP_OPT(opts, offset))
		return skep_fail_hint(skep_fail(EINVAL, "neither a symbol nor an offset is given"),
				      "SKEP_OPTS(skep_uprobe_opts, .symbol = \"malloc\")");
	place.pid = SKEP_OPT(opts, pid);
	place.ret = SKEP_OPT(opts, ret) || skep_uprobe_is_ret(program);
	place.cookie = SKEP_OPT(opts, cookie);
	place.semaphore = SKEP_OPT(opts, semaphore);
	place.fallback = SKEP_OPT(opts, fallback);
	err = check_ret(program, place.ret);
	err = err ? err : check_semaphore(place.semaphore);
	err = err ? err
		  : open_target(&target, binary, place.pid, SKEP_OPT(opts, path_of),
				SKEP_OPT(opts, build_id));
	err = err ? err : find_place(&target, opts, &place.offset);
	if (err)
		return err;
	place.path = target.binary.path;
	return attach_at(out, program, &place, target.binary.shown);
}

static int copy(uint64_t **out, const uint64_t *from, size_t count)
{
	if (!from)
		return 0;
	*out = malloc(count * sizeof(**out));
	if (!*out)
		return skep_fail(ENOMEM, "no memory for %zu places", count);
	memcpy(*out, from, count * sizeof(**out));
	return 0;
}

/* Those that are found, without holes. */
static void keep_found(struct skep_elf_sites *sites, const struct skep_wanted *wanted, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!wanted[i].rank)
			continue;
		if (sites->cookies)
			sites->cookies[sites->count] = sites->cookies[i];
		if (sites->semaphores)
			sites->semaphores[sites->count] = sites->semaphores[i];
		sites->offsets[sites->count++] = wanted[i].offset;
	}
}

static int find_symbols(const struct target *target, const struct skep_uprobe_multi_opts *opts,
			struct skep_elf_sites *sites)
{
	const char *const *symbols = SKEP_OPT(opts, symbols);
	const uint64_t *behind = SKEP_OPT(opts, offsets);
	size_t count = SKEP_OPT(opts, count);
	AUTO_FREE struct skep_wanted *wanted = calloc(count, sizeof(*wanted));
	int err;

	sites->offsets = calloc(count, sizeof(*sites->offsets));
	if (!wanted || !sites->offsets)
		return skep_fail(ENOMEM, "no memory for %zu symbols", count);
	for (size_t i = 0; i < count; i++) {
		if (!symbols[i] || !*symbols[i])
			return skep_fail(EINVAL, "symbol %zu of %zu is empty", i, count);
		wanted[i].symbol = symbols[i];
		wanted[i].behind = behind ? behind[i] : 0;
	}
	err = skep_elf_find(&target->elf, &target->binary, wanted, count,
			    SKEP_OPT(opts, skip_missing));
	if (!err)
		keep_found(sites, wanted, count);
	return err;
}

static int find_offsets(const struct target *target, const struct skep_uprobe_multi_opts *opts,
			struct skep_elf_sites *sites)
{
	size_t count = SKEP_OPT(opts, count);
	int err = copy(&sites->offsets, SKEP_OPT(opts, offsets), count);

	for (size_t i = 0; !err && i < count; i++)
		err = check_offset(&target->elf, sites->offsets[i]);
	sites->count = count;
	return err;
}

static int check_multi(const struct skep_uprobe_multi_opts *opts)
{
	bool arrays = SKEP_OPT(opts, symbols) || SKEP_OPT(opts, offsets);
	const uint64_t *semaphores = SKEP_OPT(opts, semaphores);
	size_t count = SKEP_OPT(opts, count);
	int err = 0;

	if (!arrays == !SKEP_OPT(opts, pattern))
		return skep_fail_hint(skep_fail(EINVAL,
						"%s of .pattern, .symbols and .offsets is "
						"given",
						arrays ? "more than one" : "none"),
				      "one of them says which functions");
	if (arrays && !count)
		return skep_fail_hint(skep_fail(EINVAL, "the list of places is empty"),
				      "set .count");
	if (count > 1U << 20)
		return skep_fail_hint(skep_fail(E2BIG,
						"%zu places are more than the kernel takes "
						"in one link (%u)",
						count, 1U << 20),
				      "make several links");
	if (arrays && SKEP_OPT(opts, named))
		return skep_fail_hint(skep_fail(EINVAL, ".named belongs to a pattern"),
				      "who gives a list knows the names; or give .pattern instead");
	if (!arrays && (SKEP_OPT(opts, cookies) || semaphores || count))
		return skep_fail_hint(skep_fail(EINVAL,
						"a list of cookies or semaphores belongs to "
						"a list of places"),
				      "give .symbols or .offsets instead of .pattern");
	for (size_t i = 0; !err && semaphores && i < count; i++)
		err = check_semaphore(semaphores[i]);
	return err;
}

/* Numbers what fits a pattern, for who asks. */
static int number(struct skep_elf_sites *sites, const struct skep_uprobe_multi_opts *opts)
{
	skep_uprobe_named_fn named = SKEP_OPT(opts, named);

	if (!named)
		return 0;
	sites->cookies = calloc(sites->count, sizeof(*sites->cookies));
	if (!sites->cookies)
		return skep_fail(ENOMEM, "no memory for %zu places", sites->count);
	for (size_t i = 0; i < sites->count; i++) {
		uint64_t errors = skep_error_count();
		int err = named(i, sites->names[i], SKEP_OPT(opts, named_ctx));

		sites->cookies[i] = i;
		if (err < 0) /* a function that said in words why keeps them */
			return skep_error_count() != errors
				       ? err
				       : skep_fail(err, "'.named' returned %d for function '%s'",
						   err, sites->names[i]);
	}
	return 0;
}

static int find_places(const struct target *target, const struct skep_uprobe_multi_opts *opts,
		       struct skep_elf_sites *sites)
{
	size_t count = SKEP_OPT(opts, count);
	int err;

	if (SKEP_OPT(opts, pattern)) {
		err = skep_elf_match(&target->elf, &target->binary, SKEP_OPT(opts, pattern), sites);
		return err ? err : number(sites, opts);
	}
	err = copy(&sites->cookies, SKEP_OPT(opts, cookies), count);
	err = err ? err : copy(&sites->semaphores, SKEP_OPT(opts, semaphores), count);
	if (err)
		return err;
	return SKEP_OPT(opts, symbols) ? find_symbols(target, opts, sites)
				       : find_offsets(target, opts, sites);
}

int skep_attach_uprobe_multi(struct skep_link **out, const struct skep_program *program,
			     const char *binary, const struct skep_uprobe_multi_opts *opts)
{
	struct target target TARGET_AUTO = TARGET_NONE;
	struct skep_elf_sites sites SKEP_ELF_SITES_AUTO = { 0 };
	struct skep_uprobe_place shared = { 0 };
	SKEP_CAPTURE(said);
	int err = SKEP_OPTS_CHECK(opts);

	err = err ? err : skep_uprobe_need(program);
	err = err ? err : check_multi(opts);
	if (err)
		return err;
	shared.pid = SKEP_OPT(opts, pid);
	shared.ret = SKEP_OPT(opts, ret) || skep_uprobe_is_ret(program);
	shared.fallback = SKEP_OPT(opts, fallback);
	err = check_ret(program, shared.ret);
	err = err ? err
		  : open_target(&target, binary, shared.pid, SKEP_OPT(opts, path_of),
				SKEP_OPT(opts, build_id));
	err = err ? err : find_places(&target, opts, &sites);
	if (err)
		return err;
	shared.path = target.binary.path;
	return skep_uprobe_attach_sites(out, program, &sites, &shared, target.binary.shown);
}
